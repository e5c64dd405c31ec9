// Some methods of the standard library's sequences turn one into an array: a whole epoch in memory, and the same one
// ever after. They work on pipelines too, with a warning that says what was meant instead, if anything. (Declared
// unavailable they would not be seen: the compiler prefers what is available, which is the standard library's.)

extension Pipeline where Failure == Never {
    /// The elements of a pass, the last first.
    @available(*, deprecated, message: "reads one epoch into memory; write Array(...).reversed() if that is meant")
    public func reversed() -> [Element] { Array(self).reversed() }

    /// The elements of a pass in order.
    @available(*, deprecated, message: "reads one epoch into memory; write Array(...).sorted(by:) if that is meant")
    public func sorted(by areInOrder: (Element, Element) throws -> Bool) rethrows -> [Element] {
        try Array(self).sorted(by: areInOrder)
    }

    /// What `transform` makes of each element of a pass, joined.
    @available(
        *, deprecated,
        message: "reads one epoch into memory; loop over the elements, or write Array(...).flatMap if that is meant"
    )
    public func flatMap<S: Sequence>(_ transform: (Element) throws -> S) rethrows -> [S.Element] {
        try Array(self).flatMap(transform)
    }

    /// The last elements of a pass.
    @available(*, deprecated, message: "reads one epoch into memory; write Array(...).suffix if that is meant")
    public func suffix(_ maxLength: Int) -> [Element] { Array(Array(self).suffix(maxLength)) }

    /// The elements of a pass without the last ones.
    @available(*, deprecated, message: "reads one epoch into memory; write Array(...).dropLast if that is meant")
    public func dropLast(_ count: Int = 1) -> [Element] { Array(Array(self).dropLast(count)) }

    /// The elements of a pass from the first one on that `predicate` does not hold for.
    @available(
        *, deprecated,
        message: "begins one epoch, and can be passed over once; write Array(...).drop(while:) if that is meant"
    )
    public func drop(while predicate: (Element) throws -> Bool) rethrows -> ArraySlice<Element> {
        try Array(self).drop(while: predicate)
    }
}

extension Pipeline where Failure == Never, Element: Comparable {
    /// The elements of a pass in order.
    @available(*, deprecated, message: "reads one epoch into memory; write Array(...).sorted() if that is meant")
    public func sorted() -> [Element] { Array(self).sorted() }
}
