import TernCore

/// What the families of MPI libraries differ in: the handles and constants that a program passes.
///
/// A handle is as wide as a pointer here. Open MPI's are pointers to symbols that it exports; those of the standard's ABI (MPI
/// 5.0, chapter 20) are small numbers; MPICH's own are 32 bits wide, which pass in the same register.
struct MPIHandles {
    enum Family: String {
        case openMPI = "Open MPI"
        case standard = "the MPI standard's ABI"
        case mpich = "MPICH"
    }

    let family: Family
    let world: Int
    /// The error handler that returns codes.
    let errorsReturn: Int
    let byte: Int
    let float32: Int
    let float64: Int
    let sum: Int
    /// The pointer that stands for "the result's memory has the input".
    let inPlace: Int
    /// The level of a program that has threads, one of which calls MPI.
    let funneled: Int32

    static let standard = MPIHandles(
        family: .standard, world: 0x101, errorsReturn: 0x143, byte: 0x247, float32: 0x210, float64: 0x214, sum: 0x21,
        inPlace: 1, funneled: 1024)

    static let mpich = MPIHandles(
        family: .mpich, world: 0x4400_0000, errorsReturn: 0x5400_0001, byte: 0x4c00_010d, float32: 0x4c00_040a,
        float64: 0x4c00_080b, sum: 0x5800_0003, inPlace: -1, funneled: 1)

    /// - Parameter address: of an exported symbol.
    static func openMPI(_ address: (String) -> Int?) -> MPIHandles? {
        guard let world = address("ompi_mpi_comm_world"), let errorsReturn = address("ompi_mpi_errors_return"),
            let byte = address("ompi_mpi_byte"), let float32 = address("ompi_mpi_float"),
            let float64 = address("ompi_mpi_double"), let sum = address("ompi_mpi_op_sum")
        else { return nil }
        return MPIHandles(
            family: .openMPI, world: world, errorsReturn: errorsReturn, byte: byte, float32: float32, float64: float64,
            sum: sum, inPlace: 1, funneled: 1)
    }
}
