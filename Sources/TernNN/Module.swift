import TernCore

/// A part of a model: a class with parameters, other modules, and a `forward` that computes an output.
///
/// Members are found by their types: every stored property that is a ``Parameter``, a ``Buffer`` or a module belongs to
/// the module under the property's name, and what structs, tuples, enums, arrays, optionals and dictionaries hold of them
/// under a path: `blk.fc`, `pair.0`, `choice.conv` (the case of an enum), `blocks.0`, `heads.digits`. All of it may change
/// while training. A ``Sequential`` calls its layers one after the other, and a ``Registry`` holds members whose names the
/// program makes. Members that have no such name, in a set or in a class that is no module, stop the program where they
/// would be lost. What a closure captures cannot be seen, and a plain `Tensor` property does not belong to the module.
///
/// ```swift
/// final class MLP: Module {
///     let fc1 = Linear(784, 128), fc2 = Linear(128, 10)
///     func forward(_ x: Tensor) -> Tensor { fc2(relu(fc1(x))) }
/// }
/// let model = MLP()
/// model(images)       // not model.forward(images)
/// ```
///
/// Call a module as a function: hooks, module paths in messages and summaries depend on it. So write `forward`, and no
/// `callAsFunction` for the module's input.
///
/// Several inputs are a tuple or a struct, or an array of as many as there are, and so are several outputs. A module whose
/// `Input` is a tuple without labels is called with its parts; one with a struct can have a call that makes it, and passes it
/// on:
///
/// ```swift
/// final class Fusion: Module {
///     let score = Linear(16, 1)
///     func forward(_ input: (Tensor, Tensor)) -> Tensor { score(input.0 * input.1) }
/// }
/// Fusion()(x, y)
///
/// final class Attention: Module {
///     struct Input { var query, memory: Tensor, mask: Tensor? }
///     func forward(_ input: Input) -> Tensor {
///         let scores = matmul(input.query, input.memory.transposed())
///         return matmul(softmax(input.mask.map { scores + $0 } ?? scores), input.memory)
///     }
///     func callAsFunction(_ query: Tensor, _ memory: Tensor, mask: Tensor? = nil) -> Tensor {
///         self(Input(query: query, memory: memory, mask: mask))
///     }
/// }
/// ```
public protocol Module<Input, Output>: PathElement, Stateful, CustomStringConvertible {
    /// What the module is called with: a tensor, unless said otherwise.
    associatedtype Input = Tensor
    /// What the module gives: a tensor, unless said otherwise.
    associatedtype Output = Tensor

    /// The computation. Callers use ``/TernNN/Module/callAsFunction(_:)``.
    ///
    /// The input is given away. A layer that writes `consuming` here, too, and passes it on lets an activation reuse its
    /// memory; others need not know.
    func forward(_ input: consuming Input) -> Output

    /// The registry: shows every parameter, buffer and child module with its name to `visitor`, in order.
    ///
    /// The default finds stored properties by reflection, inherited ones first. Modules with members that are built with
    /// `-disable-reflection-metadata` must write it themselves, as Tern's own layers do; those without need not say so.
    func visitMembers(_ visitor: inout some ModuleVisitor)

    /// The settings that the printed form shows between the parentheses, such as `in_features=784, out_features=10`.
    /// PyTorch's `extra_repr`.
    var settingsDescription: String { get }
}

extension Module {
    /// The output for an input: ``forward(_:)`` with hooks and with this module's place in messages.
    @inlinable
    public func callAsFunction(_ input: consuming Input) -> Output {
        if ForwardHooks.areInstalled { return callWithHooks(input) }
        // A closure cannot consume a parameter, but it can empty a variable.
        var input = Optional(input)
        return withPathElement(self) { forward(input.take()!) }
    }

    /// The output for several inputs, which are the parts of a tuple.
    @inlinable
    public func callAsFunction<First, Second, each Other>(
        _ first: First, _ second: Second, _ others: repeat each Other
    ) -> Output where Input == (First, Second, repeat each Other) {
        self((first, second, repeat each others))
    }

    /// The output for several inputs, which are the elements of an array.
    @inlinable
    public func callAsFunction<Element>(_ first: Element, _ second: Element, _ others: Element...) -> Output
    where Input == [Element] {
        self([first, second] + others)
    }

    public func visitMembers(_ visitor: inout some ModuleVisitor) { visitReflectedMembers(of: self, &visitor) }

    public var settingsDescription: String { "" }
}

/// A module that computes something else in training than in evaluation, such as dropout. ``Module/train()`` and
/// ``Module/eval()`` set the mode of all of them in a model.
public protocol ModeDependent: AnyObject {
    /// `true` after creation.
    var isTraining: Bool { get set }
}

// MARK: - Paths in messages

extension Module {
    public var pathName: String { typeName }

    public func pathName(of member: any PathElement) -> String? {
        namedElements.first { $0.element === member }?.path
    }

    public var namedElements: [(path: String, element: any PathElement)] {
        namedModules.lazy.filter { !$0.name.isEmpty }.map { ($0.name, $0.module) }
    }

    /// The name of the type alone, such as `LeNet`.
    var typeName: String {
        let name = String(describing: type(of: self))
        return String(name.prefix { $0 != "<" })
    }
}
