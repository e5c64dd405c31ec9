import TernCore
import TernData
import TernTestSupport
import TernTesting
import Testing

@Suite("Slices, folds, concatenation, classes and caching")
struct DatasetPartsTests {
    static let labels = [0, 2, 1, 0, 0, 2, 0, 1, 0, 0, 2, 0]
    static let data = TensorDataset(
        Tensor.arange(12), Tensor(shape: [12], values: labels), classNames: ["disc", "ring", "square", "star"])

    static func values(_ dataset: some Dataset<(Tensor, Tensor), Never>) -> [Int] {
        (0..<dataset.count).map { dataset.element(at: $0).0.item(as: Int.self) }
    }

    @Test("a slice has the examples of its range, counted from 0, also of a slice")
    func slices() {
        #expect(Self.values(Self.data[3..<6]) == [3, 4, 5])
        #expect(Self.values(Self.data[..<2]) == [0, 1] && Self.values(Self.data[...2]) == [0, 1, 2])
        #expect(
            Self.values(Self.data[9...]) == [9, 10, 11] && Self.data[12...].count == 0 && Self.data[4..<4].count == 0)
        #expect(Self.values(Self.data[2..<10][3...4]) == [5, 6])
        #expect(Self.values(Self.data.prefix(3)) == [0, 1, 2] && Self.data.prefix(100).count == 12)
        #expect(Self.values(Self.data.subset(stride(from: 1, to: 12, by: 4))) == [1, 5, 9])
    }

    @Test("a dataset gives its tensors, and any dataset all its examples as one batch")
    func tensors() {
        let (numbers, labels) = Self.data.tensors
        #expect(numbers.array(of: Int.self) == Array(0..<12) && labels.array(of: Int.self) == Self.labels)
        let (slice, classes) = Self.data[4..<7].batch()
        #expect(slice.array(of: Int.self) == [4, 5, 6] && classes.array(of: Int.self) == [0, 2, 0])
        #expect(TensorDataset(numbers).tensors == numbers)
        let three = TensorDataset(numbers, labels, numbers)
        #expect(three.batch(of: [three.element(at: 3), three.element(at: 1)]).2.array(of: Int.self) == [3, 1])
    }

    @Test("classes have names and counts, and parts keep them")
    func classes() {
        #expect(Self.data.classCounts == [7, 2, 3, 0])
        #expect(Self.data.classNames[2] == "square")
        let slice = Self.data[1..<6]
        #expect(slice.labels == [2, 1, 0, 0, 2] && slice.classCounts == [2, 1, 2, 0])
        #expect(slice.shuffled(seed: 1).cached().classCounts == [2, 1, 2, 0])
        #expect(Self.values(Self.data.ofClasses([1, 2])) == [1, 2, 5, 7, 10])
        #expect(TensorDataset(Tensor.arange(3), Tensor([4, 0, 4], dtype: .int64)).classCounts == [1, 0, 0, 0, 2])
    }

    @Test("one dataset behind another, in batches that hold both")
    func concatenated() throws {
        let all = Self.data[10...].concatenated(with: Self.data[..<3])
        #expect(Self.values(all) == [10, 11, 0, 1, 2] && all.labels == [2, 0, 0, 2, 1])
        #expect(all.classNames == Self.data.classNames)
        #expect(all.batch(at: [4, 0, 2]).0.array(of: Int.self) == [2, 10, 0])
        #expect(all.batch(at: [1, 0]).0.array(of: Int.self) == [11, 10])
        #expect(all.batch(at: [4, 3]).1.array(of: Int.self) == [1, 2])
        try checkDataset(all.concatenated(with: Self.data))
    }

    /// Counts how often it is read, and fails now and then.
    final class Counting: Dataset, @unchecked Sendable {
        typealias Batch = Tensor
        struct Unreadable: Error {}
        let count = 6
        var reads = 0
        var failing = -1
        func element(at index: Int) throws(Unreadable) -> Tensor {
            reads += 1
            if index == failing { throw Unreadable() }
            return Tensor(Float(index))
        }
    }

    @Test("what is cached is read once, and an error not kept")
    func cached() throws {
        let base = Counting()
        let cached = base.cached()
        #expect(cached.cachedCount == 0)
        for _ in 0..<3 {
            #expect(try cached.batch(at: [2, 0, 2]) == Tensor([2, 0, 2]))
            #expect(try cached.element(at: 2).item() == 2)
        }
        #expect(base.reads == 2 && cached.cachedCount == 2)
        base.failing = 5
        #expect(throws: Counting.Unreadable.self) { try cached.element(at: 5) }
        base.failing = -1
        #expect(try cached.element(at: 5).item() == 5)
        #expect(base.reads == 4)
        try checkDataset(Counting().cached())
        try checkDataset(Self.data.cached())
    }

    @Test("folds have each example once, and the seed alone decides", arguments: [2, 5, 12])
    func folds(count: Int) {
        let folds = Self.data.folds(count, seed: 3)
        #expect(folds.count == count)
        #expect(folds.flatMap(\.validation.indices).sorted() == Array(0..<12))
        for (training, validation) in folds {
            #expect((training.indices + validation.indices).sorted() == Array(0..<12))
        }
        let sizes = folds.map(\.validation.count)
        #expect(sizes == (0..<count).map { 12 / count + ($0 < 12 % count ? 1 : 0) })
        #expect(Self.data.folds(count, seed: 3).map(\.validation.indices) == folds.map(\.validation.indices))
        #expect(Self.data.folds(count, seed: 4).map(\.validation.indices) != folds.map(\.validation.indices))
    }

    @Test("stratified folds have scikit-learn's number of each class", .enabled(if: Python.has("sklearn")))
    func stratifiedFolds() throws {
        let script = """
            import sys, json, numpy as np
            from sklearn.model_selection import StratifiedKFold
            out = []
            for y, k in json.loads(sys.argv[1]):
                y = np.array(y)
                parts = StratifiedKFold(k, shuffle=True, random_state=1).split(y, y)
                out.append([np.bincount(y[test], minlength=5).tolist() for _, test in parts])
            print(json.dumps(out, separators=(",", ":")))
            """
        var numbers = TernCore.Generator(seed: 8)
        let cases = [(97, 5), (60, 7), (200, 3)].map { count, folds in
            // Classes of different sizes, all of which have enough members.
            (
                (0..<count).map { $0 < 40 ? $0 % 5 : Int.random(in: 0..<2, using: &numbers) }.shuffled(using: &numbers),
                folds
            )
        }
        let argument = "[" + cases.map { "[\($0.0),\($0.1)]" }.joined(separator: ",") + "]"
        let ours = cases.map { labels, folds in
            TensorDataset(Tensor.arange(labels.count), Tensor(shape: [labels.count], values: labels))
                .folds(folds, seed: 1, stratified: true)
                .map { fold in
                    fold.validation.labels.reduce(into: [0, 0, 0, 0, 0]) { $0[$1] += 1 }
                }
        }
        let text = "\(ours)".replacing(" ", with: "")
        #expect(try Python.run(script, [argument]) == text + "\n")
    }

    @Test("a dataset splits and folds by its own labels as by others")
    func ownLabels() {
        let (data, labels) = (Self.data, Tensor(shape: [12], values: Self.labels))
        #expect(
            data.split(0.25, seed: 1, stratified: true).validation.indices
                == data.split(0.25, seed: 1, stratifiedBy: labels).validation.indices)
        #expect(data.split(0.25, stratified: false).validation.indices == data.split(0.25).validation.indices)
        #expect(
            data.folds(3, seed: 1, stratified: true).map(\.training.indices)
                == data.folds(3, seed: 1, stratifiedBy: labels).map(\.training.indices))
    }

    @Test("the parts are datasets in every way in which others are")
    func checks() throws {
        try checkDataset(Self.data[2..<9])
        try checkDataset(Self.data.split(0.25).training)
        try checkDataset(TensorDataset(Tensor.arange(5), Tensor.arange(5), Tensor.arange(5)).cached())
    }

    @Test("wrong use stops with a message")
    func mistakes() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Self.data[3..<13]
        }.expectMessage("Dataset[range]: expects a range in 0..<12, got 3..<13")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Self.data[13...]
        }.expectMessage("Dataset[range]: expects a range in 0..<12, got 13..<12")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Self.data.prefix(-1)
        }.expectMessage("Dataset.prefix: expects a count of at least 0, got -1")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Self.data.folds(13)
        }.expectMessage("folds: expects a count in 2...12, the number of examples, got 13")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = TensorDataset(Tensor.zeros([3]), Tensor.zeros([3])).classCounts
        }.expectMessage("TensorDataset.labels: expects integers [N] as second tensor, got float32 [3], float32 [3]")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Self.data.concatenated(with: Self.data).element(at: 24)
        }.expectMessage("ConcatenatedDataset: expects an index in 0..<24, got 24")
    }
}
