#include "core/policy/notices.hpp"

#include <algorithm>

namespace samsyn {

std::vector<Stream> intake_streams_for(const DeviceId& device,
                                       const StatementGraph& said,
                                       const CaseView& view,
                                       const Federation& federation,
                                       Instant now) {
    if (view.custody().opened) return {};
    auto streams = said.streams();
    std::erase_if(streams, [&](const Stream& stream) {
        return stream.kind != StreamKind::notice || stream.case_id != view.id() ||
               !federation.acts_in(device, stream.unit, now);
    });
    std::ranges::sort(streams);
    return streams;
}

}  // namespace samsyn
