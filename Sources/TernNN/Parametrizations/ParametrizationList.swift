import TernCore

/// What computes a parametrized parameter: its originals and its parametrizations, in the order in which they are applied.
/// A module has it under `parametrizations.weight`. See ``parametrize(_:_:with:)-(_,_,Module<Tensor,Tensor>)``.
public final class ParametrizationList: Module {
    enum First {
        case single(any Module<Tensor, Tensor>)
        case joint(any JointParametrization)
    }

    /// What is trained and saved: `original`, or `original0`, `original1`, ...
    public let originals: [Parameter]
    private let first: First
    private var others: [any Module<Tensor, Tensor>] = []
    private var knownShape: Shape

    init(_ parameter: Parameter, _ first: First) {
        self.first = first
        knownShape = parameter.shape
        let trains = parameter.requiresGradient
        func pending(_ shape: Shape, _ name: String) -> Parameter {
            let original = Parameter(pending: shape, name: name)
            original.convert(to: parameter.dtype)
            original.requiresGradient = trains
            return original
        }
        switch first {
        case .single: originals = [pending(parameter.shape, "original")]
        case .joint(let joint):
            originals = joint.originalShapes(for: parameter.shape).enumerated().map { pending($1, "original\($0)") }
        }
        if parameter.hasValue { take(parameter.value) }
    }

    func install(in parameter: Parameter) {
        if hasValue { check(value) }
        parameter.compute(from: self)
    }

    func remove(from parameter: Parameter, keepsValue: Bool) {
        let (trains, dtype) = (requiresGradient, dtype)
        parameter.stopComputing(hasValue ? (keepsValue ? value : originals[0].value).detached : nil)
        parameter.requiresGradient = trains
        if !hasValue { parameter.convert(to: dtype) }
    }

    func append(_ parametrization: any Module<Tensor, Tensor>) {
        others.append(parametrization)
        if hasValue { check(value) }
    }

    private func check(_ value: Tensor) {
        if value.shape != knownShape {
            mistake(
                "parametrize", "a parametrization must keep the parameter's shape \(knownShape), got \(value.shape)")
        }
    }

    /// The value, computed from the originals.
    public func forward(_ input: Void) -> Tensor {
        var value =
            switch first {
            case .single(let module): module(originals[0].value)
            case .joint(let module): module(originals.map(\.value))
            }
        for module in others { value = module(value) }
        return value
    }

    /// The parametrizations, in the order in which they are applied.
    public var parametrizations: [any Module] {
        switch first {
        case .single(let module): [module] + others
        case .joint(let module): [module] + others
        }
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        if case .single = first {
            visitor.visit("original", originals[0])
        } else {
            for (index, original) in originals.enumerated() { visitor.visit("original\(index)", original) }
        }
        for (index, module) in parametrizations.enumerated() { visitor.visit("\(index)", module) }
    }
}

extension ParametrizationList: ValueSource {
    package var hasValue: Bool { originals.allSatisfy(\.hasValue) }

    /// The current value.
    public var value: Tensor { ComputedValues.value(of: self) { self(()) } }

    package var shape: Shape {
        if knownShape.contains(-1), hasValue { knownShape = withoutGradients { self(()).shape } }
        return knownShape
    }

    package var dtype: DType { originals[0].dtype }

    package var requiresGradient: Bool {
        get { originals.contains(where: \.requiresGradient) }
        set { for original in originals { original.requiresGradient = newValue } }
    }

    package func take(_ value: Tensor) {
        ComputedValues.forget(self)
        withoutGradients {
            // What an original without inverse begins with is the value itself.
            let isFirst = !hasValue
            var value = value.detached
            for module in others.reversed() { value = inverse(of: module, value, isFirst) }
            switch first {
            case .single(let module): originals[0].value = inverse(of: module, value, isFirst)
            case .joint(let module):
                for (original, value) in zip(originals, module.originals(for: value)) {
                    original.value = value.detached
                }
            }
            if isFirst { knownShape = value.shape }
        }
    }

    private func inverse(of module: any Module<Tensor, Tensor>, _ value: Tensor, _ isFirst: Bool) -> Tensor {
        if let module = module as? any RightInvertible {
            let original = module.rightInverse(value)
            if original.shape == value.shape { return original.detached }
            mistake(
                "parametrize", "a right inverse must keep the parameter's shape \(value.shape), got \(original.shape)")
        }
        if isFirst { return value }
        mistake(
            "parametrize",
            "the parameter is computed by \(module.typeName), which has no right inverse, so it cannot be set: "
                + "set its original, or let \(module.typeName) conform to RightInvertible")
    }
}
