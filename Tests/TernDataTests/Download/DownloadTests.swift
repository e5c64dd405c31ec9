import Foundation
import Synchronization
import TernTestSupport
import Testing

@testable import TernData

@Suite(.timeLimit(.minutes(1))) struct DownloadTests {
    static let contents = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* ($0 >> 7)) }
    // sha256sum of these bytes.
    static let file = RemoteFile(
        name: "x.gz", size: 300_000,
        checksum: .sha256("18cec9e444d74245a9142c9b4b787465cb8b671ceda1d8902a5491300c51b9e4"))

    /// The folder in which the file is to appear, and the paths of the file and its part.
    struct Place {
        let folder: String
        var path: String { folder + "/x.gz" }
        var part: String { path + ".part" }
        func bytes(_ path: String) -> [UInt8]? { FileManager.default.contents(atPath: path).map { [UInt8]($0) } }
    }

    /// Calls `body` with a new place and a server for each of the responders.
    static func withServers(
        _ responders: [@Sendable (LoopbackServer.Request, Int) -> LoopbackServer.Response],
        body: (Place, [LoopbackServer]) throws -> Void
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tern-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let servers = try responders.map { try LoopbackServer(respond: $0) }
        defer { for server in servers { server.stop() } }
        try body(Place(folder: folder), servers)
    }

    /// Serves the contents, from where it is asked to.
    static func serve(_ request: LoopbackServer.Request, _ number: Int) -> LoopbackServer.Response {
        guard let start = request.start else { return .init(body: contents) }
        if start >= contents.count { return .init(status: 416) }
        let range = "bytes \(start)-\(contents.count - 1)/\(contents.count)"
        return .init(status: 206, headers: ["Content-Range": range], body: Array(contents[start...]))
    }

    static func download(_ place: Place, _ servers: [LoopbackServer]) throws {
        try file.download(to: place.folder, mirrors: servers.map(\.mirror)) { _ in }
    }

    @Test("a file is downloaded once, whole, with its progress told")
    func download() throws {
        try Self.withServers([Self.serve]) { place, servers in
            let progress = Mutex<[DownloadProgress]>([])
            try Self.file.download(to: place.folder, mirrors: [servers[0].mirror]) { step in
                progress.withLock { $0.append(step) }
            }
            #expect(place.bytes(place.path) == Self.contents)
            #expect(place.bytes(place.part) == nil)
            #expect(servers[0].requests == [.init(path: "/mnist/x.gz", start: nil)])
            let steps = progress.withLock { $0 }
            #expect(steps.last == DownloadProgress(file: "x.gz", receivedBytes: 300_000, totalBytes: 300_000))
            #expect(steps.map(\.receivedBytes) == steps.map(\.receivedBytes).sorted())

            try Self.download(place, servers)
            #expect(servers[0].requests.count == 1)
        }
    }

    @Test("a cut connection is resumed where it was cut")
    func resume() throws {
        try Self.withServers([
            { request, number in
                var response = Self.serve(request, number)
                if number < 2 { response.cut = 100_000 }
                return response
            }
        ]) { place, servers in
            try Self.download(place, servers)
            #expect(place.bytes(place.path) == Self.contents)
            #expect(servers[0].requests.map(\.start) == [nil, 100_000, 200_000])
        }
    }

    @Test("a mirror that goes on cutting is left for the next one, which resumes; a later run resumes too")
    func resumeElsewhere() throws {
        try Self.withServers([
            { request, number in
                var response = Self.serve(request, number)
                response.cut = 50_000
                return response
            },
            Self.serve,
        ]) { place, servers in
            #expect(throws: DownloadError.self) { try Self.download(place, [servers[0]]) }
            #expect(place.bytes(place.path) == nil)
            #expect(place.bytes(place.part) == Array(Self.contents[..<150_000]))
            try Self.download(place, [servers[1]])
            #expect(place.bytes(place.path) == Self.contents)
            #expect(place.bytes(place.part) == nil)
            #expect(servers[1].requests.map(\.start) == [150_000])
        }
    }

    @Test("a server without ranges sends everything again")
    func withoutRanges() throws {
        try Self.withServers([{ _, number in .init(body: Self.contents, cut: number == 0 ? 70_000 : nil) }]) {
            place, servers in
            try Self.download(place, servers)
            #expect(place.bytes(place.path) == Self.contents)
            #expect(servers[0].requests.map(\.start) == [nil, 70_000])
        }
    }

    @Test("a server that sends another range than asked for is asked anew from the start")
    func wrongRange() throws {
        try Self.withServers([
            { request, number in
                var response = Self.serve(request, number)
                if number == 0 { response.cut = 70_000 }
                if number == 1 { response.headers["Content-Range"] = "bytes 0-299999/300000" }
                return response
            }
        ]) { place, servers in
            try Self.download(place, servers)
            #expect(place.bytes(place.path) == Self.contents)
            #expect(servers[0].requests.map(\.start) == [nil, 70_000, nil])
        }
    }

    @Test("a file with another checksum is not kept, and the next mirror is asked for all of it")
    func wrongChecksum() throws {
        var changed = Self.contents
        changed[123_456] ^= 1
        let wrong = changed
        try Self.withServers([{ _, _ in .init(body: wrong) }, Self.serve]) { place, servers in
            let error = #expect(throws: DownloadError.self) { try Self.download(place, [servers[0]]) }
            let digest = "expected SHA-256 18cec9e444d74245a9142c9b4b787465cb8b671ceda1d8902a5491300c51b9e4, found "
            #expect(error?.description.hasPrefix("cannot download x.gz: \(servers[0].mirror)x.gz: \(digest)") == true)
            #expect(place.bytes(place.path) == nil)
            #expect(place.bytes(place.part) == [])
            try Self.download(place, servers)
            #expect(place.bytes(place.path) == Self.contents)
            #expect(servers[1].requests.map(\.start) == [nil])
        }
    }

    @Test("a file can be known by its MD5")
    func md5() throws {
        // md5sum of these bytes.
        let file = RemoteFile(name: "x.gz", size: 300_000, checksum: .md5("eee7b4475396e7feb493f8274df4e4fa"))
        try Self.withServers([Self.serve, { _, _ in .init(body: Self.contents.reversed()) }]) { place, servers in
            let error = #expect(throws: DownloadError.self) {
                try file.download(to: place.folder, mirrors: [servers[1].mirror])
            }
            #expect(
                error?.reasons.first?.contains("x.gz: expected MD5 eee7b4475396e7feb493f8274df4e4fa, found ") == true)
            try file.download(to: place.folder, mirrors: [servers[0].mirror])
            #expect(place.bytes(place.path) == Self.contents)
        }
    }

    @Test(
        "each set of data has the checksums that torchvision and Keras publish",
        .enabled(if: Python.has("torchvision", "keras")))
    func published() throws {
        let script = """
            import importlib.util, pathlib
            for module in ("torchvision", "keras"):
                root = pathlib.Path(importlib.util.find_spec(module).origin).parent
                for folder in ("datasets", "src/datasets"):
                    for path in sorted(root.glob(folder + "/*.py")): print(path.read_text())
            """
        let text = try Python.run(script)
        for file in FashionMNIST.files + KMNIST.files + EMNIST.files + BostonHousing.files {
            switch file.checksum {
            case .md5(let digits), .sha256(let digits): #expect(text.contains(digits), "\(file.name)")
            }
        }
    }

    @Test("a file of another size is an error: shorter ones are asked to go on, longer ones are not read to their end")
    func wrongSize() throws {
        try Self.withServers([
            { request, _ in request.start == nil ? .init(body: Array(Self.contents[..<1000])) : .init(status: 416) },
            { _, _ in .init(body: [UInt8](repeating: 0, count: 20_000_000)) },
        ]) { place, servers in
            let short = #expect(throws: DownloadError.self) { try Self.download(place, [servers[0]]) }
            #expect(short?.reasons.first == "\(servers[0].mirror)x.gz: expected 300000 bytes, found 1000")
            #expect(short?.reasons.count == 3)
            let long = #expect(throws: DownloadError.self) { try Self.download(place, [servers[1]]) }
            #expect(long?.reasons == ["\(servers[1].mirror)x.gz: expected 300000 bytes, found more"])
            #expect(place.bytes(place.path) == nil)
        }
    }

    @Test("a mirror that is down or has no file is left for the next one")
    func mirrorDown() throws {
        try Self.withServers([{ _, _ in .init() }, { _, _ in .init(status: 404) }, Self.serve]) { place, servers in
            servers[0].stop()
            try Self.download(place, servers)
            #expect(place.bytes(place.path) == Self.contents)
            #expect(servers[1].requests.count == 1)
        }
    }

    @Test("if no mirror helps, the error says what each did")
    func allDown() throws {
        try Self.withServers([{ _, _ in .init(status: 404) }, { _, _ in .init(status: 503) }]) { place, servers in
            let error = #expect(throws: DownloadError.self) { try Self.download(place, servers) }
            let (first, second) = (servers[0].mirror, servers[1].mirror)
            #expect(
                error?.description
                    == "cannot download x.gz: \(first)x.gz: HTTP status 404; \(second)x.gz: HTTP status 503")
            let none = #expect(throws: DownloadError.self) { try Self.download(place, []) }
            #expect(none?.description == "cannot download x.gz: no mirrors")
        }
    }

    @Test("a folder that cannot be made is an error")
    func noFolder() {
        let error = #expect(throws: DownloadError.self) {
            try Self.file.download(to: "/dev/null/folder", mirrors: ["http://127.0.0.1:1/"]) { _ in }
        }
        #expect(error?.description.hasPrefix("cannot download x.gz: /dev/null/folder: ") == true)
    }

    @Test("two downloads of one file at a time do not disturb each other")
    func concurrently() throws {
        try Self.withServers([Self.serve]) { place, servers in
            DispatchQueue.concurrentPerform(iterations: 3) { _ in
                #expect(throws: Never.self) { try Self.download(place, servers) }
            }
            #expect(place.bytes(place.path) == Self.contents)
            #expect(place.bytes(place.part) == nil)
            #expect(servers[0].requests.count == 1)
        }
    }

    @Test("the cache folder follows the environment")
    func cacheFolder() {
        #expect(MNIST.cacheFolder(["HOME": "/home/me"]) == "/home/me/.cache/tern/mnist")
        #expect(MNIST.cacheFolder(["HOME": "/home/me", "XDG_CACHE_HOME": "/cache"]) == "/cache/tern/mnist")
        #expect(
            MNIST.cacheFolder(["HOME": "/home/me", "XDG_CACHE_HOME": "/cache", "TERN_CACHE": "/tern"]) == "/tern/mnist")
        #expect(MNIST.cacheFolder(["HOME": "/home/me", "TERN_CACHE": ""]) == "/home/me/.cache/tern/mnist")
        #expect(CIFAR100.cacheFolder(["TERN_CACHE": "/tern"]) == "/tern/cifar100")
    }
}
