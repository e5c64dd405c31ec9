import TernCore
import TernData
import TernNN

/// One of the checks of `checkDataset`, which are made in this order.
public enum DatasetCheck: String, CaseIterable, Sendable {
    /// Each epoch visits as many examples, all of which are there, and reading one twice gives the same.
    case elements
    /// A pass over it gives the elements of its order.
    case iteration
    /// A batch holds the elements of its indices.
    case batches
    /// A shuffle visits the same examples, in another order each epoch and the same ones for the same seed.
    case shuffling
    /// Worker threads give the same, in the same order.
    case workers
    /// An epoch can be resumed at any place.
    case resuming
}

/// Checks a dataset in every way in which those of Tern are checked, see ``DatasetCheck``, and throws all that is wrong in one
/// error.
///
/// ```swift
/// try checkDataset(Spirals(count: 20))
/// ```
///
/// Examples are compared by the bits of the tensors in them (in tuples, arrays, dictionaries and structs); those without any by
/// their texts.
///
/// - Parameters:
///   - dataset: a small one, every example of which is read a few times.
///   - except: checks to leave out, and why.
/// - Throws: ``CheckFailure`` with all findings.
public func checkDataset<Subject: Dataset>(
    _ dataset: Subject, except: [DatasetCheck: String] = [:]
) throws(CheckFailure) {
    let report = CheckReport()
    let subject = DatasetSubject(dataset: dataset, report: report)
    for check in DatasetCheck.allCases where except[check] == nil {
        report.run(check.rawValue) {
            do {
                switch check {
                case .elements: try subject.checkElements()
                case .iteration: try subject.checkIteration()
                case .batches: try subject.checkBatches()
                case .shuffling: subject.checkShuffling()
                case .workers: try subject.checkWorkers()
                case .resuming: try subject.checkResuming()
                }
            } catch {
                report.add("it throws \(error)")
            }
        }
        // The other checks would stop.
        if check == .elements, !report.findings.isEmpty { break }
    }
    try report.finish("\(Subject.self)")
}

/// What an example is compared by.
private struct Fingerprint {
    let tensors: [Tensor]
    let text: String

    init(_ value: Any) {
        tensors = namedTensors(in: value, named: "").map(\.tensor)
        text = tensors.isEmpty ? "\(value)" : ""
    }

    static func same(_ first: [Fingerprint], _ second: [Fingerprint]) -> Bool {
        first.count == second.count
            && zip(first, second).allSatisfy { a, b in
                a.text == b.text && a.tensors.count == b.tensors.count
                    && zip(a.tensors, b.tensors).allSatisfy { hasSameBits($0, $1) }
            }
    }
}

private struct DatasetSubject<Subject: Dataset> {
    let dataset: Subject
    let report: CheckReport

    private func elements(_ indices: some Sequence<Int>) throws -> [Fingerprint] {
        try indices.map { Fingerprint(try dataset.element(at: $0)) }
    }

    private func all<Element, Failure: Error>(_ pipeline: Pipeline<Element, Failure>) throws -> [Fingerprint] {
        try pipeline.results.map { Fingerprint(try $0.get()) }
    }

    func checkElements() throws {
        let orders = (0..<3).map { dataset.order(epoch: $0) }
        for (epoch, order) in orders.enumerated() {
            report.expect(
                order.count == orders[0].count,
                "epoch \(epoch) visits \(order.count) examples, epoch 0 \(orders[0].count): they must be as many")
            for index in order where !(0..<dataset.count).contains(index) {
                return report.add("epoch \(epoch) visits the index \(index), expected one in 0..<\(dataset.count)")
            }
        }
        for index in 0..<dataset.count {
            let (first, second) = (try elements([index]), try elements([index]))
            report.expect(Fingerprint.same(first, second), "element \(index) is another one the second time")
        }
    }

    func checkIteration() throws {
        for epoch in 0..<2 {
            let order = dataset.order(epoch: epoch)
            let pass = try all(Pipeline(dataset).epoch(epoch))
            report.expect(
                pass.count == order.count, "epoch \(epoch) gives \(pass.count) elements, expected \(order.count)")
            report.expect(
                Fingerprint.same(pass, try elements(order)),
                "epoch \(epoch) gives other elements than those of its order")
        }
    }

    func checkBatches() throws {
        let indices = Array(dataset.order(epoch: 0).prefix(3).reversed())
        if indices.isEmpty { return }
        // A slice that does not begin at 0.
        let slice = ([0] + indices)[1...]
        let batch = try dataset.batch(at: slice)
        if let elements = batch as? [Subject.Element] {
            report.expect(
                Fingerprint.same(elements.map { Fingerprint($0) }, try self.elements(indices)),
                "the batch of \(indices) has other elements")
            return
        }
        let expected = try elements(indices)
        let stacked = Fingerprint(batch).tensors
        // A batch that collates in a way of its own cannot be compared.
        guard stacked.count == expected[0].tensors.count else { return }
        for (number, tensor) in stacked.enumerated() where tensor.shape.first == indices.count {
            for (row, element) in expected.enumerated() {
                guard tensor.rank == element.tensors[number].rank + 1 else { continue }
                let found = tensor.sliced(from: row, to: row + 1, axis: 0).squeezed(axes: 0)
                if found.shape == element.tensors[number].shape {
                    report.expectSameBits(
                        found, element.tensors[number], "tensor \(number) of row \(row) of the batch of \(indices)")
                }
            }
        }
    }

    func checkShuffling() {
        let (first, second) = (dataset.shuffled(seed: 3), dataset.shuffled(seed: 3))
        var orders: Set<[Int]> = []
        for epoch in 0..<3 {
            let order = first.order(epoch: epoch)
            orders.insert(order)
            report.expect(
                order == second.order(epoch: epoch), "two shuffles with one seed have other orders in epoch \(epoch)")
            report.expect(
                order.sorted() == dataset.order(epoch: epoch).sorted(),
                "a shuffle visits other examples in epoch \(epoch)")
        }
        if dataset.count >= 10 {
            report.expect(orders.count == 3, "a shuffle has the same order in two of three epochs")
            report.expect(
                dataset.shuffled(seed: 4).order(epoch: 0) != first.order(epoch: 0),
                "shuffles with two seeds have one order")
        }
    }

    func checkWorkers() throws {
        let expected = try all(dataset.shuffled(seed: 3).map { $0 }.epoch(1))
        for workers in [1, 3] {
            let found = try all(dataset.shuffled(seed: 3).map { $0 }.prefetched(workers: workers).epoch(1))
            report.expect(
                Fingerprint.same(found, expected), "\(workers) workers give other elements, or in another order")
        }
    }

    func checkResuming() throws {
        let shuffled = dataset.shuffled(seed: 3).map { $0 }
        let whole = try all(shuffled.epoch(1))
        for place in [0, whole.count / 2, whole.count] {
            report.expect(
                Fingerprint.same(try all(shuffled.epoch(1, from: place)), Array(whole[place...])),
                "epoch 1 from place \(place) on gives other elements than the whole epoch has there")
        }
    }
}
