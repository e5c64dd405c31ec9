import Foundation
import Tern

/// A network's names, shapes and results in torchvision, see the script beside vision.json.
struct Golden: Decodable, Sendable {
    let shape: [Int]
    let state: [String: [Int]]
    let output, gradient, sums: [Double]

    static let all: [String: Golden] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Goldens/vision.json")
        return try! JSONDecoder().decode([String: Golden].self, from: Data(contentsOf: file))
    }()

    private static let period = 8191
    private static let values = (0..<period).map { Double(($0 * $0 * 31 + 7 * $0) % period) / Double(period) - 0.5 }

    /// The numbers that the script gives to this name.
    static func pattern(_ name: String, _ count: Int) -> Tensor {
        let start = name.utf8.enumerated().reduce(0) { $0 + ($1.offset + 1) * Int($1.element) } % period
        let turned = Array(values[start...] + values[..<start])
        if count <= period { return Tensor(Array(turned[..<count])) }
        return Tensor(turned).tiled([(count + period - 1) / period])[0..<count]
    }

    static func value(_ name: String, _ shape: Shape) -> Tensor {
        let values = pattern(name, shape.elements).reshaped(shape).converted(to: .float32)
        if name.hasSuffix("running_var") { return 1 + 0.5 * values }
        if shape.count >= 2 && !name.contains("embedding") && !name.contains("token") {
            return values * (18 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
        }
        return name.hasSuffix("weight") ? 1 + 0.2 * values : 0.2 * values
    }
}
