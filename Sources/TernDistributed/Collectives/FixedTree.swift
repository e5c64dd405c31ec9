/// The order in which parts are added, whoever has them: the parts `0..<count` are the leaves of a binary tree, whose left branch
/// has the largest power of two that is less than the number of leaves.
///
/// A sum depends on this tree alone, not on how many ranks share its leaves: that is why any number of ranks gives the same bits.
/// Blocks of 2, 4, 8 ... leaves are whole branches, so a rank with such a block hands on a single sum.
struct FixedTree: Equatable {
    let count: Int

    /// The branches that make up a range of leaves: as few as there can be, from left to right.
    func branches(of leaves: Range<Int>) -> [Range<Int>] {
        func branches(below branch: Range<Int>) -> [Range<Int>] {
            if branch.isEmpty || !branch.overlaps(leaves) { return [] }
            if leaves.lowerBound <= branch.lowerBound && branch.upperBound <= leaves.upperBound { return [branch] }
            let middle = Self.middle(of: branch)
            return branches(below: branch.lowerBound..<middle) + branches(below: middle..<branch.upperBound)
        }
        return branches(below: 0..<count)
    }

    /// The sum over a branch, of branches that together have its leaves.
    ///
    /// - Parameters:
    ///   - sums: those of the branches; without those of leaves that are absent.
    ///   - root: the branch; the whole tree unless given.
    ///   - add: of the left sum and the right one.
    /// - Returns: `nil` if all are absent.
    func sum<Value>(
        _ sums: [Range<Int>: Value], below root: Range<Int>? = nil, _ add: (Value, Value) -> Value
    ) -> Value? {
        func sum(below branch: Range<Int>) -> Value? {
            if let value = sums[branch] { return value }
            if branch.count < 2 { return nil }
            let middle = Self.middle(of: branch)
            let left = sum(below: branch.lowerBound..<middle)
            guard let right = sum(below: middle..<branch.upperBound) else { return left }
            return left.map { add($0, right) } ?? right
        }
        return sum(below: root ?? 0..<count)
    }

    /// Whether two branches that lie side by side make up one.
    func joins(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        left.upperBound == right.lowerBound && branches(of: left.lowerBound..<right.upperBound).count == 1
    }

    /// The leaves of a rank, if ranks have them in turn, as many each as can be.
    func leaves(of rank: Int, among ranks: Int) -> Range<Int> { (rank * count / ranks)..<((rank + 1) * count / ranks) }

    private static func middle(of branch: Range<Int>) -> Int {
        var left = 1
        while left * 2 < branch.count { left *= 2 }
        return branch.lowerBound + left
    }
}
