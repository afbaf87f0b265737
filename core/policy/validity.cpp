#include "core/policy/contains.hpp"
#include "core/policy/question.hpp"
#include "core/policy/quorum.hpp"

#include <algorithm>

namespace samsyn::policy {

namespace {

/// The earliest of the instants after `now` that it is shown.
class Earliest {
public:
    explicit Earliest(Instant now) : now_(now) {}

    void consider(Instant at) {
        if (at > now_) next_ = std::min(next_, at);
    }

    Instant next() const { return next_; }

private:
    Instant now_;
    Instant next_ = instant_max;
};

}  // namespace

Instant next_change(const Question& question) {
    Earliest earliest{question.now};
    earliest.consider(question.federation.next_boundary(question.requester.device, question.now));
    for (const auto& unit : question.view.roster_units()) {
        for (const auto& addition : question.view.roster(unit).added) {
            if (addition.body.user != question.requester.user) continue;
            earliest.consider(addition.body.from);
            earliest.consider(addition.body.until);
        }
    }
    const auto& subjects = question.label.subjects;
    for (const auto& custody : question.view.custody().custody) {
        if (!contains(subjects, custody.body.child)) continue;
        earliest.consider(custody.body.review_at);
        earliest.consider(custody.body.adult_at);
    }
    for (const auto& consent : question.disclosing().consents) {
        if (!contains(subjects, consent.body.subject)) continue;
        earliest.consider(consent.body.not_before);
        earliest.consider(consent.body.not_after);
        earliest.consider(end_of(consent, question));
    }
    return earliest.next();
}

}  // namespace samsyn::policy
