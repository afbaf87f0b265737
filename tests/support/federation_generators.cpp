#include "tests/support/generators.hpp"

namespace samsyn::gen {

rc::Gen<StatementBody> federation_body() {
    return rc::gen::exec([]() -> StatementBody {
        switch (*up_to(18)) {
            case 0:
                return Founding{*id<SigningPublicKey>(), *id<Hash>()};
            case 1:
                return OrganisationAdmitted{*id<OrganisationId>(), *instant(), *instant()};
            case 2:
                return AdministratorCertified{*id<OrganisationId>(),
                                              *id<UserId>(),
                                              *id<DeviceId>(),
                                              *id<SigningPublicKey>(),
                                              *id<SealingPublicKey>()};
            case 3:
                return UnitCertified{*unit_ref()};
            case 4:
                return UserCertified{*id<UserId>(),
                                     *id<OrganisationId>(),
                                     *id<UnitId>(),
                                     *enumerator(Role::last),
                                     *instant(),
                                     *instant()};
            case 5:
                return DeviceCertified{*id<DeviceId>(),
                                       *enumerator(DeviceKind::last),
                                       *id<OrganisationId>(),
                                       *id<UserId>(),
                                       *id<SigningPublicKey>(),
                                       *id<SealingPublicKey>(),
                                       *rc::gen::arbitrary<std::uint32_t>(),
                                       *instant()};
            case 6:
                return DeviceRevoked{*id<DeviceId>()};
            case 7:
                return RevocationPinned{*id<StatementId>(),
                                        *id<DeviceId>(),
                                        *rc::gen::arbitrary<std::uint64_t>(),
                                        *sorted_list(8, rc::gen::arbitrary<std::uint64_t>())};
            case 8:
                return UserRemoved{*id<UserId>(), *id<OrganisationId>(), *instant()};
            case 9:
                return DeviceLocked{*id<DeviceId>()};
            case 11:
                return LogRestored{*id<Incarnation>(),
                                   *rc::gen::arbitrary<std::uint64_t>(),
                                   *id<Hash>(),
                                   *id<Incarnation>()};
            case 10:
                return DeviceWiped{*id<DeviceId>(), *enumerator(UnsentWork::last)};
            case 13:
                return Countersigned{*id<StatementId>()};
            case 14:
                return UnitLease{*id<UnitId>(), *rc::gen::arbitrary<std::uint16_t>()};
            case 15:
                return RecoveryKeyCertified{*id<OrganisationId>(),
                                            *rc::gen::arbitrary<std::uint32_t>(),
                                            *id<SealingPublicKey>(),
                                            *rc::gen::arbitrary<std::uint8_t>(),
                                            {*id<Hash>(), *id<Hash>()}};
            case 16:
                return RecoveryUsed{*id<OrganisationId>(),
                                    *rc::gen::arbitrary<std::uint32_t>(),
                                    *id<DeviceId>(),
                                    *id<Hash>(),
                                    *instant()};
            case 17:
                return DeviceSuspended{*id<DeviceId>()};
            case 18:
                return DeviceResumed{*id<DeviceId>(), {*id<StatementId>()}};
            default:
                return ServerCertified{*id<SigningPublicKey>(), *optional(id<SigningPublicKey>())};
        }
    });
}

}  // namespace samsyn::gen
