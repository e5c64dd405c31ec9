import Foundation

/// The functions of a library of MPI, found when the program runs: nothing of MPI is needed to build Tern.
///
/// Only one thread calls them (``MPIThread``).
struct MPILibrary {
    typealias Pointer = UnsafeMutableRawPointer
    typealias Integers = UnsafeMutablePointer<Int32>
    typealias HandlePointer = UnsafeMutablePointer<Int>

    typealias Init = @convention(c) (_ count: Pointer?, _ words: Pointer?, _ level: Int32, Integers) -> Int32
    typealias Finalize = @convention(c) () -> Int32
    typealias Abort = @convention(c) (_ comm: Int, Int32) -> Int32
    typealias Query = @convention(c) (_ comm: Int, Integers) -> Int32
    typealias Split = @convention(c) (_ comm: Int, _ color: Int32, _ key: Int32, HandlePointer) -> Int32
    typealias SetErrorHandler = @convention(c) (_ comm: Int, _ handler: Int) -> Int32
    typealias ErrorString = @convention(c) (Int32, UnsafeMutablePointer<CChar>, _ length: Integers) -> Int32
    typealias Test = @convention(c) (_ request: HandlePointer, _ flag: Integers, _ status: Pointer) -> Int32
    typealias Transfer =
        @convention(c) (Pointer, Int32, _ type: Int, _ rank: Int32, _ tag: Int32, _ comm: Int, HandlePointer) -> Int32
    typealias Probe =
        @convention(c) (_ rank: Int32, _ tag: Int32, _ comm: Int, _ flag: Integers, _ status: Pointer) -> Int32
    typealias Broadcast =
        @convention(c) (Pointer, Int32, _ type: Int, _ root: Int32, _ comm: Int, HandlePointer) -> Int32
    typealias AllGather =
        @convention(c) (Pointer, Int32, _ type: Int, Pointer, Int32, _ type: Int, _ comm: Int, HandlePointer) -> Int32
    typealias AllReduce =
        @convention(c) (Pointer?, Pointer, Int32, _ type: Int, _ operation: Int, _ comm: Int, HandlePointer) -> Int32

    let handles: MPIHandles
    let initThread: Init
    let finalize: Finalize
    let abort: Abort
    let rank, size: Query
    let split: Split
    let setErrorHandler: SetErrorHandler
    let errorString: ErrorString
    let test: Test
    let send, receive: Transfer
    let probe: Probe
    let broadcast: Broadcast
    let allGather: AllGather
    let allReduce: AllReduce

    /// Loads the library that belongs to how the program was started.
    init(_ launch: MPILaunch) throws(CommunicationError) {
        var complaints: [String] = []
        for name in launch.libraryNames {
            // Open MPI's own parts, which it loads later, look for its symbols.
            guard let library = dlopen(name, RTLD_NOW | RTLD_GLOBAL) else {
                complaints.append(dlerror().map { String(cString: $0) } ?? name)
                continue
            }
            if let found = MPILibrary(library, name) {
                self = found
                return
            }
            complaints.append("\(name) is no library of MPI that Tern knows")
        }
        throw CommunicationError(
            "Communicator.world",
            "the program was started by \(launch.launcher), but MPI cannot be loaded (\(complaints.joined(separator: "; "))): "
                + "install it (Debian: openmpi-bin), or name its library in TERN_MPI")
    }

    private init?(_ library: UnsafeMutableRawPointer, _ name: String) {
        func function<F>(_ name: String, as type: F.Type = F.self) -> F? {
            dlsym(library, name).map { unsafeBitCast($0, to: type) }
        }
        let openMPI = MPIHandles.openMPI { symbol in dlsym(library, symbol).map { Int(bitPattern: $0) } }
        guard let initThread: Init = function("MPI_Init_thread"),
            let finalize: Finalize = function("MPI_Finalize"), let abort: Abort = function("MPI_Abort"),
            let rank: Query = function("MPI_Comm_rank"), let size: Query = function("MPI_Comm_size"),
            let split: Split = function("MPI_Comm_split"),
            let setErrorHandler: SetErrorHandler = function("MPI_Comm_set_errhandler"),
            let errorString: ErrorString = function("MPI_Error_string"), let test: Test = function("MPI_Test"),
            let send: Transfer = function("MPI_Isend"), let receive: Transfer = function("MPI_Irecv"),
            let probe: Probe = function("MPI_Iprobe"), let broadcast: Broadcast = function("MPI_Ibcast"),
            let allGather: AllGather = function("MPI_Iallgather"),
            let allReduce: AllReduce = function("MPI_Iallreduce")
        else { return nil }
        handles = openMPI ?? (name.contains("libmpi_abi") ? .standard : .mpich)
        (self.initThread, self.finalize, self.abort) = (initThread, finalize, abort)
        (self.rank, self.size, self.split) = (rank, size, split)
        (self.setErrorHandler, self.errorString, self.test) = (setErrorHandler, errorString, test)
        (self.send, self.receive, self.probe) = (send, receive, probe)
        (self.broadcast, self.allGather, self.allReduce) = (broadcast, allGather, allReduce)
    }

    /// What an error code stands for.
    func message(_ code: Int32) -> String {
        // The longest that any of the libraries writes is 512.
        var text = [CChar](repeating: 0, count: 1024)
        var length: Int32 = 0
        guard errorString(code, &text, &length) == 0 else { return "error \(code)" }
        return String(decoding: text.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
