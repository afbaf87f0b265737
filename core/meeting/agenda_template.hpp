#pragma once

#include "core/meeting/agenda.hpp"
#include "core/model/schema.hpp"
#include "core/policy/terms.hpp"

#include <span>

namespace samsyn {

/// A usual point of a meeting.
struct TemplatePoint {
    Words title;
    std::chrono::minutes minutes{};
};

/// The usual agenda of one kind of meeting in one service model, or in any (domain.md, "The service
/// models"). No round of introductions is on it: who is there stands on the roster.
struct AgendaTemplate {
    std::optional<ServiceModel> model;  ///< none: whatever the model
    MeetingKind kind{};
    Words title;
    std::span<const TemplatePoint> points;
};

/// All of them: rows, not code.
std::span<const AgendaTemplate> agenda_templates();

/// The agenda of this kind of meeting in this model, else that of any model; null where there is
/// none, which is an agenda of its own to write.
const AgendaTemplate* find_agenda(ServiceModel model, MeetingKind kind);

/// The sum of its points.
std::chrono::minutes length_of(const AgendaTemplate& agenda);

}  // namespace samsyn
