import CTernKernels
import Foundation

/// The kernels of the instruction set that was chosen when the process started: the best one this CPU has, or the one
/// that the environment variable `TERN_CPU` names (`avx512`, `avx2`, `neon` or `portable`).
package enum Kernels {
    package static let level: TernLevel = {
        guard let name = ProcessInfo.processInfo.environment["TERN_CPU"] else { return tern_best_level() }
        let levels: [String: TernLevel] = [
            "portable": .TERN_LEVEL_PORTABLE, "neon": .TERN_LEVEL_NEON, "avx2": .TERN_LEVEL_AVX2,
            "avx512": .TERN_LEVEL_AVX512,
        ]
        guard let level = levels[name.lowercased()] else {
            mistake("TERN_CPU", "must be one of avx512, avx2, neon and portable, got '\(name)'")
        }
        guard tern_level_is_available(level) else {
            mistake("TERN_CPU", "asks for '\(name)', which this CPU does not have")
        }
        return level
    }()

    package static let vector = tern_vector_kernels(level).pointee
    package static let index = tern_index_kernels(level).pointee
    package static let optimizer = tern_optimizer_kernels(level).pointee
    package static let gemm = tern_gemm_kernels(level).pointee
    package static let random = tern_random_kernels(level).pointee
    package static let normalize = tern_normalize_kernels(level).pointee
    package static let conv = tern_conv_kernels(level).pointee
    package static let pool = tern_pool_kernels(level).pointee
}
