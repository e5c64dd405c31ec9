import Foundation
import TernCore
import TernTestSupport
import Testing

@testable import TernFormats

@Suite struct PythonTests {
    @Test(
        "files of Python's libraries are read, and theirs open ours, with equal bytes",
        .enabled(
            if: Python.has("numpy", "safetensors"), "TERN_PYTHON names no interpreter with NumPy and safetensors"))
    func exchange() throws {
        try withTemporaryFolder { folder in
            _ = try Python.run(file: goldenPath("exchange.py"), ["write", folder])
            let theirs = { (name: String) in "\(folder)/\(name)" }
            let ours = { (name: String) in "\(folder)/ours-\(name)" }

            for name in ["all.safetensors", "many.safetensors"] {
                let file = try SafetensorsFile(contentsOf: theirs(name))
                try SafetensorsFile.write(file.tensors(), metadata: file.metadata, to: ours(name))
                #expect(try bytes(ofFile: ours(name)) == bytes(ofFile: theirs(name)))
            }
            for name in ["stored", "compressed", "big", "many"] {
                let tensors = try NPZFile(contentsOf: theirs("\(name).npz")).tensors()
                try NPZFile.write(tensors, to: ours("\(name).npz"), isCompressed: name == "compressed")
            }
            let tensors = try NPZFile(contentsOf: theirs("stored.npz")).tensors()
            for (name, isCompressed) in [("zip64", false), ("zip64-compressed", true)] {
                try NPZFile.write(tensors, to: ours("\(name).npz"), isCompressed: isCompressed, zip64Limit: 0)
            }
            for name in tensors.keys {
                try NPY.write(NPY.read(contentsOf: theirs("\(name).npy")), to: ours("\(name).npy"))
                #expect(try bytes(ofFile: ours("\(name).npy")) == bytes(ofFile: theirs("\(name).npy")))
            }
            let safetensors = try SafetensorsFile(contentsOf: theirs("halves.safetensors"))
            try NPY.write(safetensors.tensor(named: "halves", widening: true), to: ours("halves-safetensors.npy"))
            let npz = try NPZFile(contentsOf: theirs("halves.npz"))
            try NPY.write(npz.tensor(named: "halves", widening: true), to: ours("halves-npz.npy"))

            #expect(try Python.run(file: goldenPath("exchange.py"), ["check", folder]) == "equal\n")
        }
    }

    static let wantsLarge = ProcessInfo.processInfo.environment["TERN_LARGE"] != nil

    @Test(
        "an array beyond 4 GB comes from NumPy and goes back",
        .enabled(if: wantsLarge && Python.has("numpy"), "TERN_LARGE is not set (it takes 9 GB of disk and of memory)"))
    func large() throws {
        try withTemporaryFolder { folder in
            _ = try Python.run(file: goldenPath("exchange.py"), ["write-large", folder])
            let tensors = try NPZFile(contentsOf: folder + "/large.npz").tensors()
            #expect(tensors["large"]?.shape == [(1 << 32) + 8])
            try NPZFile.write(tensors, to: folder + "/ours-large.npz")
            #expect(try Python.run(file: goldenPath("exchange.py"), ["check-large", folder]) == "equal\n")
        }
    }
}
