import Foundation
import TernCore
import Testing

/// A random subscript of `Tests/Goldens/make_indexing.py`, and what NumPy makes of it.
private struct Case: Decodable {
    enum Item: Decodable {
        case name(String)
        case index(Index)

        struct Index: Decodable {
            let at, from, to, by: Int?
            let array, mask, values: [Int]?
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let name = try? container.decode(String.self) {
                self = .name(name)
            } else {
                self = .index(try container.decode(Index.self))
            }
        }

        var index: any TensorIndex {
            switch self {
            case .name("new"): return AxisIndex.newAxis
            case .name("ellipsis"): return AxisIndex.ellipsis
            case .name: return AxisIndex.all
            case .index(let item):
                if let index = item.at { return index }
                if let shape = item.array { return Tensor(shape: Shape(shape), values: item.values!) }
                if let shape = item.mask { return Tensor(shape: Shape(shape), values: item.values!.map { $0 == 1 }) }
                return AxisIndex.range(from: item.from, to: item.to, by: item.by!)
            }
        }
    }

    let shape: [Int]
    let `subscript`: [Item]
    let part: [Int]
    let partValues: [Int]
    let value: [Int]
    let assigned, added: [Int]
}

@Suite("Subscripts against NumPy")
struct IndexingGoldenTests {
    private static func cases() throws -> [Case] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try JSONDecoder().decode(
            [Case].self, from: Data(contentsOf: tests.appendingPathComponent("Goldens/indexing.json")))
    }

    @Test("random subscripts read, assign and add what NumPy does, in every layout")
    func numpy() throws {
        let cases = try Self.cases()
        #expect(cases.count >= 300)
        for (number, item) in cases.enumerated() {
            let count = item.shape.reduce(1, *)
            let indices = item.`subscript`.map(\.index)
            let value = Tensor(shape: Shape(item.value), values: (0..<item.value.reduce(1, *)).map { -1 - $0 })
            let x = Tensor.arange(count).reshaped(Shape(item.shape))
            for (name, x) in count == 0 ? [("contiguous", x)] : everyLayout(x) {
                let comment: Comment = "case \(number), \(name)"
                #expect(x[indices: indices].shape == Shape(item.part), comment)
                #expect(x[indices: indices].array(of: Int.self) == item.partValues, comment)
                var y = x
                y[indices: indices] = value
                #expect(y.array(of: Int.self) == item.assigned, comment)
                let sum = x.indexPut(value, at: indices, accumulates: true)
                #expect(sum.array(of: Int.self) == item.added, comment)
                #expect(x.array(of: Int.self) == Array(0..<count), comment)
            }
        }
    }

    @Test("and their derivatives agree with differences")
    func derivatives() throws {
        for (number, item) in try Self.cases().enumerated() where number % 4 == 0 {
            let indices = item.`subscript`.map(\.index)
            let x = numbers(Shape(item.shape), seed: UInt64(number))
            if x.count == 0 || item.partValues.isEmpty { continue }
            let value = numbers(Shape(item.value), seed: UInt64(number) + 1)
            #expect(throws: Never.self, "case \(number)") {
                try checkGradient(
                    { x in
                        var y = x[0] * x[0]
                        y[indices: indices] = x[1] * x[1]
                        y[indices: indices] += x[0][indices: indices]
                        return [y]
                    }, at: [x, value])
                try checkGradient(
                    { x in [x[0].indexPut(x[1] * x[1], at: indices, accumulates: true) * x[0]] }, at: [x, value])
            }
        }
    }
}
