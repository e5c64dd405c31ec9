import Foundation
import Tern

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Times saving and loading a gigabyte of safetensors in `folder`, each beside `cp` of the file with the sync after it,
/// and reading one tensor of it.
///
/// - Parameter data: a folder with `mnist` or `cifar-10-batches-bin`, which are read too.
func timeFiles(in folder: String, data: String?, rounds: Int) throws {
    let path = folder + "/tern-bench.safetensors"
    let copy = folder + "/tern-bench.copy"
    defer {
        unlink(path)
        unlink(copy)
    }
    let count = 64
    var tensors: [String: Tensor] = [:]
    for i in 0..<count { tensors["layer.\(i).weight"] = Tensor.uniform([1024, 4096]) }
    let gigabytes = Double(count * 4 << 22) * 1e-9
    try SafetensorsFile.write(tensors, to: path)

    var times: [String: [Double]] = [:]
    func measure(_ name: String, _ body: () throws -> Void) rethrows {
        times[name, default: []].append(try seconds(body))
    }
    for _ in 0..<rounds {
        unlink(copy)
        sync()
        measure("cp and sync") { shell("cp", path, copy) }
        unlink(copy)
        unlink(path)
        sync()
        try measure("save") { try SafetensorsFile.write(tensors, to: path) }
        emptyCache()
        try measure("load") { _ = try SafetensorsFile(contentsOf: path).tensors() }
        try measure("load again") { _ = try SafetensorsFile(contentsOf: path).tensors() }
        emptyCache()
        try measure("open and read one of 16 MB") {
            _ = try SafetensorsFile(contentsOf: path).tensor(named: "layer.31.weight")
        }
    }
    tensors = [:]
    if let data {
        let (mnist, cifar) = (data + "/mnist", data + "/cifar-10-batches-bin")
        for _ in 0..<rounds {
            if access(mnist, F_OK) == 0 { try measure("MNIST") { _ = try MNIST(contentsOf: mnist) } }
            if access(cifar, F_OK) == 0 { try measure("CIFAR-10") { _ = try CIFAR10(contentsOf: cifar) } }
        }
    }
    for name in ["cp and sync", "save", "load", "load again", "open and read one of 16 MB", "MNIST", "CIFAR-10"] {
        guard let sorted = times[name]?.sorted() else { continue }
        let median = sorted[sorted.count / 2]
        let isWhole = ["cp and sync", "save", "load", "load again"].contains(name)
        print(
            name.padding(toLength: 28, withPad: " ", startingAt: 0)
                + String(format: "%9.1f ms, best %9.1f ms", median * 1e3, sorted[0] * 1e3)
                + (isWhole ? String(format: " %7.2f GB/s", gigabytes / median) : ""))
    }
}

/// `cp` and the sync of its file, as one process each would do them.
private func shell(_ command: String, _ source: String, _ destination: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "\(command) \"$0\" \"$1\" && sync \"$1\"", source, destination]
    try? process.run()
    process.waitUntilExit()
}
