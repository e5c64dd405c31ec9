import TernCore

/// A list of modules that can change while training; the owner decides how they are called. Their names are `0`, `1`,
/// ... PyTorch's `ModuleList`.
///
/// A plain array of modules is a member as well, and keeps the type of its elements; the list is printed as a level of
/// its own.
public final class ModuleList: Module {
    public typealias Input = Never
    public typealias Output = Never
    public typealias Element = any Module<Tensor, Tensor>

    private var elements: [Element]

    public init(_ elements: [Element] = []) { self.elements = elements }

    /// A list is not called; its elements are.
    public func forward(_ input: Never) -> Never {}

    public func visitMembers(_ visitor: inout some ModuleVisitor) {
        for (index, element) in elements.enumerated() { visitor.visit("\(index)", element) }
    }

    /// Adds a module at the end.
    public func append(_ element: Element) { elements.append(element) }

    /// Adds a module before the one at `index`.
    public func insert(_ element: Element, at index: Int) {
        if index < 0 || index > count { mistake("ModuleList.insert", "expects an index in 0...\(count), got \(index)") }
        elements.insert(element, at: index)
    }

    @discardableResult
    public func remove(at index: Int) -> Element {
        check(index, "remove")
        return elements.remove(at: index)
    }

    private func check(_ index: Int, _ operation: String) {
        if index < 0 || index >= count {
            mistake("ModuleList.\(operation)", "index \(index) is out of range for \(count) modules")
        }
    }
}

extension ModuleList: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { elements.count }

    public subscript(index: Int) -> Element {
        get {
            check(index, "subscript")
            return elements[index]
        }
        set {
            check(index, "subscript")
            elements[index] = newValue
        }
    }
}
