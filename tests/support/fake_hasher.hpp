#pragma once

#include "core/base/ports.hpp"

namespace samsyn {

/// A hash for tests: four 64-bit lanes of multiply and mix. No cryptography; no accidental
/// collisions.
class FakeHasher final : public Hasher {
public:
    Hash hash(Domain domain, std::initializer_list<ByteView> parts) const override {
        std::array<std::uint64_t, 4> lanes{
            0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89};
        absorb(lanes, as_bytes(label_of(domain)));
        for (const ByteView part : parts) absorb(lanes, part);

        Hash result;
        for (std::size_t i = 0; i < result.bytes.size(); ++i)
            result.bytes[i] = static_cast<std::byte>(mixed(lanes[i / 8]) >> (i % 8 * 8) & 0xffU);
        return result;
    }

private:
    /// The finalizer of splitmix64.
    static std::uint64_t mixed(std::uint64_t value) {
        value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
        value = (value ^ value >> 27) * 0x94d049bb133111eb;
        return value ^ value >> 31;
    }

    static void absorb(std::array<std::uint64_t, 4>& lanes, ByteView bytes) {
        for (const std::byte b : bytes) {
            for (std::size_t lane = 0; lane < lanes.size(); ++lane)
                lanes[lane] =
                    mixed(lanes[lane] + std::to_integer<std::uint64_t>(b) + 0x9e3779b97f4a7c15);
        }
    }
};

}  // namespace samsyn
