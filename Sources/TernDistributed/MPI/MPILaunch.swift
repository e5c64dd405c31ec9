import Foundation
import TernCore

/// How the program was started: by a launcher of MPI, as one of several ranks, or by itself.
struct MPILaunch {
    /// What started it, for messages.
    let launcher: String
    /// The libraries that may belong to the launcher, the likeliest first.
    let libraryNames: [String]

    /// `nil` if nothing says that there is more than this process: then no library is needed.
    init?(_ environment: [String: String] = ProcessInfo.processInfo.environment) {
        let isOpenMPI = environment["OMPI_COMM_WORLD_SIZE"] != nil
        // Hydra (MPICH, Intel), and Slurm with either of its plug-ins.
        let isOther = environment["PMI_RANK"] != nil || environment["PMIX_RANK"] != nil
        if !isOpenMPI && !isOther { return nil }
        launcher = isOpenMPI ? "Open MPI's mpirun" : "a launcher of MPI"
        let openMPI = ["libmpi.so.40", "libmpi.40.dylib"]
        let standard = ["libmpi_abi.so.1", "libmpi_abi.so.0", "libmpi_abi.so", "libmpi_abi.dylib"]
        let mpich = ["libmpi.so.12", "libmpich.so.12", "libmpi.12.dylib"]
        // Slurm's PMIx goes with Open MPI in the first place.
        let isPMIx = environment["PMIX_RANK"] != nil
        libraryNames =
            environment["TERN_MPI"].map { [$0] }
            ?? (isOpenMPI || isPMIx ? openMPI + standard + mpich : standard + mpich + openMPI)
    }

    /// Gives this process its share of the machine's processors, if it may use all of them.
    static func shareProcessors(_ environment: [String: String] = ProcessInfo.processInfo.environment) {
        let names = ["OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", "SLURM_NTASKS_PER_NODE"]
        guard environment["TERN_NUM_THREADS"] == nil,
            let ranks = names.lazy.compactMap({ environment[$0].flatMap(Int.init) }).first, ranks > 1,
            ProcessInfo.processInfo.activeProcessorCount == ProcessInfo.processInfo.processorCount
        else { return }
        threadCount = max(1, threadCount / ranks)
    }
}
