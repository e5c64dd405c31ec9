extension Pipeline {
    /// The examples of a dataset one by one, in the order of each epoch.
    public init<D: Dataset>(_ dataset: D) where D.Element == Element, D.Failure == Failure {
        let count = dataset.order(epoch: 0).count
        self.init(knownCount: count, passes: dataset.sharedPasses) { start in
            let order = dataset.checkedOrder(epoch: start.epoch, count: count)
            var position = Swift.min(start.place, order.count)
            return {
                if position == order.count { return nil }
                let index = order[position]
                position += 1
                return { Result { () throws(Failure) -> Element in try dataset.element(at: index) } }
            }
        }
    }

    /// The elements of a sequence, from its start in each epoch.
    public init(_ elements: some Sequence<Element> & Sendable) where Element: Sendable, Failure == Never {
        self.init { _ in
            var iterator = elements.makeIterator()
            return { iterator.next() }
        }
    }

    /// What a function returns until it returns nil or throws. `source` makes one for each epoch, from its number (the
    /// first is 0); the function is called by one thread at a time.
    public init(_ source: @escaping @Sendable (_ epoch: Int) -> () throws(Failure) -> Element?)
    where Element: Sendable {
        self.init(knownCount: nil, passes: Passes()) { start in
            let next = source(start.epoch)
            var toSkip = start.place
            var hasFailed = false
            return {
                if hasFailed { return nil }
                do throws(Failure) {
                    while toSkip > 0 {
                        guard try next() != nil else { return nil }
                        toSkip -= 1
                    }
                    guard let element = try next() else { return nil }
                    return { .success(element) }
                } catch {
                    hasFailed = true
                    return { .failure(error) }
                }
            }
        }
    }
}
