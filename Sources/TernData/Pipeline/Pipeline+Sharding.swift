import TernCore

extension Pipeline {
    /// Every `count`-th element from `index` on: the part of one of `count` processes that share the work. The others are not made,
    /// unless something before has made them ahead. TensorFlow's `Dataset.shard`.
    ///
    /// ```swift
    /// let mine = loader.sharded(1, of: 4)      // elements 1, 5, 9 ...
    /// ```
    ///
    /// The last parts have an element less if they do not come out even.
    public func sharded(_ index: Int, of count: Int) -> Pipeline {
        if count < 1 || !(0..<count).contains(index) {
            mistake("sharded", "expects an index below a count of at least 1, got \(index) of \(count)")
        }
        let whole = knownCount.map { $0 / count + (index < $0 % count ? 1 : 0) }
        return Pipeline(knownCount: whole, passes: passes) { start in
            let next = deal(start.counting(inGroupsOf: count))
            return {
                var own: Job<Element, Failure>?
                for place in 0..<count {
                    guard let job = next() else { return own }
                    if place == index { own = job }
                }
                return own
            }
        }
    }

    /// Groups of `size` consecutive elements, of which only those at `places` are made; the last group is smaller if they do not
    /// come out even.
    ///
    /// - Returns: the elements that were made, and how many the group has.
    package func grouped(
        by size: Int, making places: Range<Int>
    ) -> Pipeline<(made: [Element], count: Int), Failure> {
        let count = knownCount.map { ($0 + size - 1) / size }
        return Pipeline<(made: [Element], count: Int), Failure>(knownCount: count, passes: passes) { start in
            let next = deal(start.counting(inGroupsOf: size))
            return {
                var jobs: [Job<Element, Failure>] = []
                while jobs.count < size, let job = next() { jobs.append(job) }
                if jobs.isEmpty { return nil }
                let (own, count) = (Array(jobs[places.clamped(to: 0..<jobs.count)]), jobs.count)
                return {
                    Result { () throws(Failure) -> (made: [Element], count: Int) in
                        var made: [Element] = []
                        for job in own { made.append(try job().get()) }
                        return (made, count)
                    }
                }
            }
        }
    }
}

extension Start {
    /// The place of a group as that of its first element.
    func counting(inGroupsOf size: Int) -> Start {
        let (product, isTooLarge) = place.multipliedReportingOverflow(by: size)
        return Start(epoch: epoch, place: isTooLarge ? .max : product, workingAhead: workingAhead)
    }
}
