import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// One request over HTTP whose body is written to a file as it comes: from where the file ends, if the server can.
final class Transfer: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    // Unchecked: the session's delegate queue is serial, and `run` reads the outcome after its last call.
    private let part: PartialFile
    private let limit: Int
    private let progress: (Int) -> Void
    private let finished = DispatchSemaphore(value: 0)
    private var received: Int
    private var failure: (any Error)?

    private init(part: PartialFile, limit: Int, progress: @escaping (Int) -> Void) throws {
        self.part = part
        self.limit = limit
        self.progress = progress
        received = try part.size()
    }

    /// Returns when the server has sent everything, or the file has become longer than `limit` bytes.
    static func run(_ url: URL, into part: PartialFile, limit: Int, progress: @escaping @Sendable (Int) -> Void) throws
    {
        let transfer = try Transfer(part: part, limit: limit, progress: progress)
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = 30
        let session = URLSession(configuration: configuration, delegate: transfer, delegateQueue: nil)
        defer { session.finishTasksAndInvalidate() }

        var request = URLRequest(url: url)
        // Compressed on the way, the bytes received would not be those of the file.
        request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
        if transfer.received > 0 { request.setValue("bytes=\(transfer.received)-", forHTTPHeaderField: "Range") }
        session.dataTask(with: request).resume()
        transfer.finished.wait()
        if let failure = transfer.failure { throw failure }
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
        do {
            try begin(response)
            completionHandler(.allow)
        } catch {
            failure = error
            completionHandler(.cancel)
        }
    }

    private func begin(_ response: URLResponse) throws {
        let http = response as? HTTPURLResponse
        switch http?.statusCode {
        case 206 where http?.value(forHTTPHeaderField: "Content-Range")?.hasPrefix("bytes \(received)-") == true: break
        case 200, 206, 416:
            try part.truncate()
            received = 0
            if http?.statusCode != 200 {
                throw DownloadFailure(reason: "a range that was not asked for", isWorthAnotherAttempt: true)
            }
        case let status:
            let reason = status.map { "HTTP status \($0)" } ?? "not an HTTP response"
            throw DownloadFailure(reason: reason, isWorthAnotherAttempt: false)
        }
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        if failure != nil || received > limit { return }
        do {
            try part.append(data)
            received += data.count
            progress(received)
            if received > limit { dataTask.cancel() }
        } catch {
            failure = error
            dataTask.cancel()
        }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        if let error, failure == nil, received <= limit {
            failure = DownloadFailure(reason: reason(error), isWorthAnotherAttempt: true)
        }
        finished.signal()
    }
}
