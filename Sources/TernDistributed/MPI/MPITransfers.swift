import TernCore

/// The transfers of one stage of a job. Large ones go in chunks, as MPI counts in 32 bits.
final class MPITransfers {
    /// What messages between two ranks are for: those of programs are not mixed up with those of collectives.
    enum Tag: Int32 {
        case collective = 0
        case message = 1
    }

    let job: MPIJob
    private let thread: MPIThread
    private var requests: [UnsafeMutablePointer<Int>] = []
    /// What must live as long as the transfers.
    private var kept: [Any] = []

    init(_ job: MPIJob, _ thread: MPIThread) { (self.job, self.thread) = (job, thread) }

    deinit { for request in requests { request.deallocate() } }

    private var library: MPILibrary { thread.library }
    private var channel: MPIChannel { job.channel }

    /// Keeps an object, whose memory is read or written, until all is done.
    func keep(_ object: Any) { kept.append(object) }

    func send(_ bytes: UnsafeRawBufferPointer, to rank: Int, tag: Tag = .collective) throws(CommunicationError) {
        job.sentByteCount += bytes.count
        try inChunks(UnsafeMutableRawBufferPointer(mutating: bytes)) { [library, channel] in
            library.send($0, $1, library.handles.byte, Int32(rank), tag.rawValue, channel.handle, $2)
        }
    }

    func receive(
        _ bytes: UnsafeMutableRawBufferPointer, from rank: Int, tag: Tag = .collective
    ) throws(CommunicationError) {
        try inChunks(bytes) { [library, channel] in
            library.receive($0, $1, library.handles.byte, Int32(rank), tag.rawValue, channel.handle, $2)
        }
    }

    func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) throws(CommunicationError) {
        try inChunks(bytes) { [library, channel] in
            library.broadcast($0, $1, library.handles.byte, Int32(root), channel.handle, $2)
        }
    }

    /// Few bytes of each rank, in the order of the ranks.
    func allGather(
        _ own: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer
    ) throws(CommunicationError) {
        precondition(all.count == own.count * channel.size && all.count <= Int32.max)
        try start { [library, channel] in
            library.allGather(
                UnsafeMutableRawPointer(mutating: own.baseAddress!), Int32(own.count), library.handles.byte,
                all.baseAddress!, Int32(own.count), library.handles.byte, channel.handle, $0)
        }
    }

    /// Adds what all ranks have there, in place and in MPI's order.
    func allReduceSum(_ bytes: UnsafeMutableRawBufferPointer, of dtype: DType) throws(CommunicationError) {
        job.sentByteCount += 2 * bytes.count * (channel.size - 1) / channel.size
        let type = dtype == .float32 ? library.handles.float32 : library.handles.float64
        try inChunks(bytes) { [library, channel] in
            library.allReduce(
                UnsafeMutableRawPointer(bitPattern: library.handles.inPlace), $0, $1 / Int32(dtype.byteCount), type,
                library.handles.sum, channel.handle, $2)
        }
    }

    private func inChunks(
        _ bytes: UnsafeMutableRawBufferPointer,
        _ body: (UnsafeMutableRawPointer, Int32, MPILibrary.HandlePointer) -> Int32
    ) throws(CommunicationError) {
        var start = 0
        while start < bytes.count {
            let count = min(bytes.count - start, thread.chunkLimit)
            try self.start { body(bytes.baseAddress! + start, Int32(count), $0) }
            start += count
        }
    }

    private func start(_ body: (MPILibrary.HandlePointer) -> Int32) throws(CommunicationError) {
        let request = MPILibrary.HandlePointer.allocate(capacity: 1)
        request.initialize(to: 0)
        requests.append(request)
        try check(body(request))
    }

    /// Looks what is done.
    func test() throws(CommunicationError) -> (isAnyDone: Bool, areAllDone: Bool) {
        var open: [UnsafeMutablePointer<Int>] = []
        defer { requests = open }
        for (index, request) in requests.enumerated() {
            var isDone: Int32 = 0
            let code = library.test(request, &isDone, thread.status)
            if isDone != 0 { request.deallocate() } else { open.append(request) }
            if code != 0 {
                open += requests[(index + 1)...]
                try check(code)
            }
        }
        return (open.count < requests.count, open.isEmpty)
    }

    private func check(_ code: Int32) throws(CommunicationError) {
        if code == 0 { return }
        throw CommunicationError(job.operation, library.message(code), rank: channel.rank, size: channel.size)
    }
}
