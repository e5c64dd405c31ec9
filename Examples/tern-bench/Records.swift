import Foundation
import Tern

/// Times reading CSV text of numbers written in several ways, pictures as PNG, and logging for TensorBoard, on one thread.
func timeRecords(rounds: Int) throws {
    func measure(_ name: String, megabytes: Double? = nil, _ body: () throws -> Void) rethrows {
        let times = try (0..<rounds).map { _ in try seconds(body) }.sorted()
        let median = times[rounds / 2]
        print(
            name.padding(toLength: 44, withPad: " ", startingAt: 0)
                + String(format: "%10.3f ms", median * 1e3)
                + (megabytes.map { String(format: " %8.0f MB/s", $0 / median) } ?? ""))
    }

    seed(1)
    let values = Tensor.normal([2000, 14]).converted(to: .float64).array(of: Double.self)
    let forms: [(String, (Double) -> String)] = [
        ("of 4 digits", { String(format: "%.4g", $0) }),
        ("float32, shortest", { "\(Float($0))" }),
        ("float64, shortest", { "\($0)" }),
        ("by numpy.savetxt (%.18e)", { String(format: "%.18e", $0) }),
        ("integers 0 to 255", { "\(Int(abs($0) * 60) % 256)" }),
    ]
    for (name, write) in forms {
        let rows = stride(from: 0, to: values.count, by: 14).map { CSV.row(values[$0..<$0 + 14].map(write)) }
        let block = Array(rows.joined().utf8)
        var dialect = CSVDialect.standard
        dialect.hasHeader = false
        let text = (0..<50_000_000 / block.count).flatMap { _ in block }
        let megabytes = Double(text.count) * 1e-6
        try measure("CSV to float32, \(name)", megabytes: megabytes) {
            _ = try CSVTable(text, dialect: dialect).tensor()
        }
    }

    let ramp = Tensor((0..<1024).map { Float($0 % 256) })
    let noise = Tensor.normal([3, 1024, 1024]) * 4
    let large = clamp(ramp * 0.5 + ramp.reshaped([1024, 1]) * 0.4 + noise, min: 0, max: 255).converted(to: .uint8)
    let megabytes = Double(large.count) * 1e-6
    let encoded = PNG.encode(large)
    measure("PNG.encode, \(large.shape)", megabytes: megabytes) { _ = PNG.encode(large) }
    try measure("PNG.read, \(large.shape)", megabytes: megabytes) { _ = try PNG.read(encoded, strict: true) }

    let weights = Tensor.normal([1_000_000]) * 0.01
    measure("histogram of 1,000,000 values") { _ = SummaryHistogram(of: weights) }
    let folder = FileManager.default.temporaryDirectory.path + "/tern-bench-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let log = try TensorBoardWriter(folder)
    try measure("1,000 scalars to TensorBoard") {
        for step in 0..<1000 { try log.scalar("loss", 0.5, step: step) }
    }
}
