extension Pipeline {
    /// The elements that `isIncluded` says yes to, in each epoch anew. How many they are shows at the epoch's end only.
    ///
    /// An element has to be made to be asked about, by the loop's thread or that of one worker: write `prefetched`
    /// before this for several workers, and `filter` before `batched`, or batches are what is asked about.
    public func filter(_ isIncluded: @escaping @Sendable (Element) throws(Failure) -> Bool) -> Pipeline {
        compactMap { (element) throws(Failure) in try isIncluded(element) ? element : nil }
    }

    /// What `transform` makes of the elements, without the nils; see ``filter(_:)``.
    public func compactMap<T>(
        _ transform: @escaping @Sendable (Element) throws(Failure) -> T?
    ) -> Pipeline<T, Failure> {
        Pipeline<T, Failure>(knownCount: nil, passes: passes) { start in
            // Which elements are before a place shows only when they have been made.
            let next = deal(Start(epoch: start.epoch, workingAhead: start.workingAhead))
            var toSkip = start.place
            return {
                while let job = next() {
                    let result = job().flatMap { element in
                        Result { () throws(Failure) -> T? in try transform(element) }
                    }
                    if case .success(nil) = result { continue }
                    if case .success = result, toSkip > 0 {
                        toSkip -= 1
                        continue
                    }
                    let made = Handed(result.map { $0! })
                    return { made.result }
                }
                return nil
            }
        }
    }
}
