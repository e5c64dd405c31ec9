import TernCore
import TernNN

/// Parameters that came into a module after an optimizer was made of its parameters, and that no optimizer has: a layer
/// made them in its first `forward`, or was replaced or added. Nobody would notice that they are never trained.
@usableFromInline
final class Strangers {
    private let origins: [ParameterListing]
    /// How many parameters had been made at the last search, and up to how many there is nothing to do.
    private var searched = Parameter.madeCount
    private var settled = Parameter.madeCount
    private var found: [(path: String, parameter: Parameter)] = []

    /// - Parameter parameters: those that the optimizer is made of, which know the module that listed them.
    init(to parameters: [Parameter]) {
        var origins: [ParameterListing] = []
        for case let listing? in parameters.lazy.map(\.latestListing)
        where origins.last !== listing && !origins.contains(where: { $0 === listing }) {
            origins.append(listing)
        }
        self.origins = origins
    }

    /// Whether there can be some.
    @usableFromInline var mayExist: Bool { settled != Parameter.madeCount }

    /// Stops if one of them has a gradient.
    @usableFromInline @inline(never)
    func stopIfTrained(_ gradient: (Parameter) -> Tensor?) {
        if searched != Parameter.madeCount {
            searched = Parameter.madeCount
            found = origins.flatMap(\.newParameters)
            if found.isEmpty { settled = searched }
        }
        let lost = found.filter { !$0.parameter.isOptimized && $0.parameter.requiresGradient }
            .filter { gradient($0.parameter) != nil }
        if lost.isEmpty { return }
        mistake(
            "step",
            "finds parameters that are newer than the optimizer and would never be trained: "
                + lost.map(\.path).joined(separator: ", ") + ". \(advice), or add a group with them")
    }
}

/// What someone can do whose layers have no parameters yet.
private let advice =
    "Make the optimizer after the model's first call, or let the layer declare them as Parameter(pending:name:)"

/// What is wrong with an optimizer of nothing.
let emptyListMessage =
    "expects at least one parameter, got an empty list. A plain Tensor is not a parameter, and a layer that makes its own "
    + "in the first call has none before. \(advice)"
