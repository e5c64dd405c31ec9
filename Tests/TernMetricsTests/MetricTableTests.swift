import Foundation
import TernCore
import TernMetrics
import Testing

/// What holds for each metric, whatever it measures.
@Suite("All metrics")
struct MetricTableTests {
    /// Equal to the last bit; NaN is NaN.
    static func isSame(_ a: [Double], _ b: [Double]) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
    }

    static let all = Array(0..<Examples.count)
    static let splits: [[[Int]]] = [
        all.map { [$0] }, [Array(all[..<10]), [], Array(all[10..<15]), Array(all[15...])], [all.reversed()],
        [all.filter { $0 % 3 == 1 }, all.filter { $0 % 3 != 1 }.reversed()],
    ]

    @Test(
        "any split into batches, in any order, gives the same value to the last bit",
        arguments: metricTable.indices, [false, true])
    func splits(_ index: Int, isWeighted: Bool) {
        let row = metricTable[index]
        let whole = row.make()
        whole.update(row.examples, isWeighted)
        #expect(whole.values().allSatisfy { !$0.isNaN }, "\(row.name)")
        for split in Self.splits {
            let parts = row.make()
            for batch in split { parts.update(row.examples.rows(batch), isWeighted) }
            #expect(Self.isSame(parts.values(), whole.values()), "\(row.name): \(parts.values()), \(whole.values())")
        }
    }

    @Test("what several have gathered is merged to what one would have", arguments: metricTable.indices, [false, true])
    func merging(_ index: Int, isWeighted: Bool) {
        let row = metricTable[index]
        let whole = row.make()
        whole.update(row.examples, isWeighted)
        let machines = [Array(Self.all[..<9]), [], Array(Self.all[9..<30]), Array(Self.all[30...])].map { batch in
            let machine = row.make()
            machine.update(row.examples.rows(batch), isWeighted)
            return machine
        }
        machines[2].merge(machines[0])
        machines[1].merge(machines[2])
        machines[1].merge(machines[3])
        #expect(Self.isSame(machines[1].values(), whole.values()), "\(row.name)")
    }

    @Test(
        "a metric that is reset is as a new one, and so is one that saw an empty batch", arguments: metricTable.indices)
    func reset(_ index: Int) {
        let row = metricTable[index]
        let (new, used) = (row.make(), row.make())
        used.update(row.examples, true)
        used.base.reset()
        #expect(Self.isSame(used.values(), new.values()), "\(row.name)")
        #expect(used.base.savedState == new.base.savedState, "\(row.name)")
        new.update(row.examples.rows([]), false)
        new.update(row.examples.rows([]), true)
        #expect(Self.isSame(new.values(), used.values()), "\(row.name)")
    }

    @Test("a checkpoint brings everything back to the last bit, and more can be added", arguments: metricTable.indices)
    func checkpoint(_ index: Int) throws {
        let row = metricTable[index]
        let (whole, first, second) = (row.make(), row.make(), row.make())
        whole.update(row.examples, true)
        first.update(row.examples.rows(Array(Self.all[..<20])), true)
        try second.base.restore(first.base.savedState)
        #expect(Self.isSame(second.values(), first.values()), "\(row.name)")
        #expect(second.base.savedState == first.base.savedState, "\(row.name)")
        second.update(row.examples.rows(Array(Self.all[20...])), true)
        #expect(Self.isSame(second.values(), whole.values()), "\(row.name)")
    }

    @Test("a state that does not fit is an error and changes nothing", arguments: metricTable.indices)
    func wrongState(_ index: Int) {
        let row = metricTable[index]
        let (used, other) = (row.make(), row.make())
        used.update(row.examples, true)
        other.update(row.examples.rows([0, 1, 2]), true)
        let (state, before) = (used.base.savedState, other.base.savedState)
        for key in state.keys {
            for wrong: StateValue? in [nil, "text", 1_000_000, .tensor(Tensor.zeros([5, 3, 1]))] {
                var changed = state
                changed[key] = wrong
                #expect(throws: StateDictionaryError.self, "\(row.name): \(key)") { try other.base.restore(changed) }
                #expect(other.base.savedState == before, "\(row.name): \(key)")
            }
        }
    }

    @Test("an example of weight 0 is left out, whatever is in it", arguments: metricTable.indices)
    func weightZero(_ index: Int) {
        let row = metricTable[index]
        let (without, with) = (row.make(), row.make())
        let kept = Self.all.filter { $0 % 4 != 1 }
        without.update(row.examples.rows(kept), true)
        var examples = row.examples
        for place in Self.all where place % 4 == 1 {
            examples.weights[place] = Tensor(0)
            examples.predictions[place] = Tensor.full(Shape(examples.predictions.shape.dropFirst()), Float.nan)
            examples.targets[place] = Tensor.full(
                Shape(examples.targets.shape.dropFirst()), -7, dtype: examples.targets.dtype)
        }
        with.update(examples, true)
        #expect(Self.isSame(with.values(), without.values()), "\(row.name)")
    }

    @Test("weights of 1 are as none, and twice the weight as the example twice", arguments: metricTable.indices)
    func wholeWeights(_ index: Int) {
        let row = metricTable[index]
        var examples = row.examples
        examples.weights = Tensor.ones([Examples.count])
        let (plain, ones) = (row.make(), row.make())
        plain.update(examples, false)
        ones.update(examples, true)
        #expect(Self.isSame(plain.values(), ones.values()), "\(row.name)")
        // Bins of equal numbers of examples are of examples, and degrees of freedom count them.
        if row.name == "Calibration" || row.name == "R2Score" { return }
        let (twice, double) = (row.make(), row.make())
        twice.update(examples.rows(Self.all + [3, 8]), false)
        examples.weights[3] = Tensor(2)
        examples.weights[8] = Tensor(2)
        double.update(examples, true)
        #expect(Self.isSame(twice.values(), double.values()), "\(row.name)")
    }

    @Test("every metric and every named mean has a row")
    func complete() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = root.appendingPathComponent("Sources/TernMetrics")
        let files = try #require(FileManager.default.enumerator(atPath: folder.path)).compactMap { $0 as? String }
        var names: Set<String> = []
        for file in files where file.hasSuffix(".swift") {
            let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
            for match in text.matches(of: /(?m)^public final class (\w+)/) { names.insert(String(match.1)) }
            for match in text.matches(of: /public static func (\w+)\([^)]*\) -> MeanMetric/) {
                names.insert(String(match.1))
            }
        }
        #expect(names.count > 30)
        #expect(names.subtracting(metricTable.map(\.name)) == [])
    }
}
