import TernCore

extension Pipeline {
    /// Each element changed by `transform`, which can throw: in the loop's thread, or in a worker's if `prefetched`
    /// follows.
    public func map<T, E>(_ transform: @escaping @Sendable (Element) throws(E) -> T) -> Pipeline<T, E>
    where Failure == Never {
        jobs { element, _, _ in
            let element = element.get()
            return Result { () throws(E) -> T in try transform(element) }
        }
    }

    /// Each element changed by `transform`, which throws no other type of error than the pipeline itself.
    @_disfavoredOverload
    public func map<T>(_ transform: @escaping @Sendable (Element) throws(Failure) -> T) -> Pipeline<T, Failure> {
        jobs { element, _, _ in
            element.flatMap { element in Result { () throws(Failure) -> T in try transform(element) } }
        }
    }

    /// Each element changed at random, as in augmentation. The element's generator follows from the seed, the epoch and
    /// the element's place in it alone: so the numbers are the same for any number of workers.
    public func map<T>(
        seed: UInt64, _ transform: @escaping @Sendable (Element, TernCore.Generator) throws(Failure) -> T
    ) -> Pipeline<T, Failure> {
        jobs { element, epoch, place in
            let numbers = generator(seed: seed, epoch: epoch, place: place)
            return element.flatMap { element in Result { () throws(Failure) -> T in try transform(element, numbers) } }
        }
    }

    /// Each job followed by `work` with what it made, the epoch's number and its place in the epoch.
    private func jobs<T, E>(
        _ work: @escaping @Sendable (Result<Element, Failure>, _ epoch: Int, _ place: Int) -> Result<T, E>
    ) -> Pipeline<T, E> {
        Pipeline<T, E>(knownCount: knownCount, passes: passes) { start in
            let next = deal(start)
            var nextPlace = start.place
            return {
                guard let job = next() else { return nil }
                let place = nextPlace
                nextPlace += 1
                return { work(job(), start.epoch, place) }
            }
        }
    }
}

/// A generator of its own for each place in each epoch: an epoch is a stream, and a place a stretch of 2^32 blocks of
/// it.
func generator(seed: UInt64, epoch: Int, place: Int = 0) -> Generator {
    let key = Generator(state: Generator.State(key: seed, counter: UInt64(bitPattern: Int64(epoch)))).next()
    return Generator(state: Generator.State(key: key, counter: UInt64(place) << 32))
}
