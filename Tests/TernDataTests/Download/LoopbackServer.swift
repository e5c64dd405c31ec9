import Foundation
import Synchronization

/// A small HTTP/1.1 server on loopback, for tests: each connection is one request.
final class LoopbackServer: Sendable {
    struct Request: Equatable {
        var path: String
        /// The first byte asked for.
        var start: Int?
    }

    struct Response {
        var status = 200
        var headers: [String: String] = [:]
        var body: [UInt8] = []
        /// The connection is cut after this many bytes of the body.
        var cut: Int?
    }

    private let socketDescriptor: Int32
    private let log = Mutex<[Request]>([])
    private let respond: @Sendable (_ request: Request, _ number: Int) -> Response
    let port: Int

    /// `respond` gets each request and its number, from 0.
    init(respond: @escaping @Sendable (_ request: Request, _ number: Int) -> Response) throws {
        self.respond = respond
        let tcp = socket(AF_INET, streamType, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(tcp, $0, size) == 0 && listen(tcp, 8) == 0 && getsockname(tcp, $0, &size) == 0
            }
        }
        guard isBound else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        socketDescriptor = tcp
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread { [self] in serve() }.start()
    }

    var mirror: String { "http://127.0.0.1:\(port)/mnist/" }
    var requests: [Request] { log.withLock { $0 } }

    func stop() { shutdown(socketDescriptor, Int32(SHUT_RDWR)) }

    /// Ends when the socket is shut down.
    private func serve() {
        while true {
            let connection = accept(socketDescriptor, nil, nil)
            if connection < 0 { break }
            answer(connection)
            close(connection)
        }
        close(socketDescriptor)
    }

    private func answer(_ connection: Int32) {
        guard let request = read(connection) else { return }
        let number = log.withLock { log in
            log.append(request)
            return log.count - 1
        }
        let response = respond(request, number)
        var head =
            "HTTP/1.1 \(response.status) Status\r\nContent-Length: \(response.body.count)\r\nConnection: close\r\n"
        for (name, value) in response.headers { head += "\(name): \(value)\r\n" }
        send(Array((head + "\r\n").utf8), connection)
        send(Array(response.body.prefix(response.cut ?? .max)), connection)
    }

    private func read(_ connection: Int32) -> Request? {
        var text = ""
        while !text.contains("\r\n\r\n") {
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(connection, &buffer, buffer.count, 0)
            if count <= 0 || text.utf8.count > 65_536 { return nil }
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
        let lines = text.split(separator: "\r\n")
        let words = lines[0].split(separator: " ")
        let range = lines.first { $0.lowercased().hasPrefix("range: bytes=") }
        return Request(path: String(words[1]), start: range.flatMap { Int($0.dropFirst(13).prefix { $0 != "-" }) })
    }

    private func send(_ bytes: [UInt8], _ connection: Int32) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(connection, $0.baseAddress, $0.count, noSignal)
            }
            if count <= 0 { return }
            sent += count
        }
    }
}

#if os(Linux)
    private let streamType = Int32(SOCK_STREAM.rawValue)
    private let noSignal = Int32(MSG_NOSIGNAL)
#else
    private let streamType = SOCK_STREAM
    private let noSignal: Int32 = 0
#endif
