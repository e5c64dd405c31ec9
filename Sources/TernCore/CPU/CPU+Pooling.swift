import CTernKernels

extension CPU {
    func maxPool(_ windows: PoolingWindows, _ x: Tensor, into y: Tensor, places: Tensor) {
        let places = places.pointer(as: Int32.self)
        eachPlane(windows, x) { sizes, kernels, planes, input, output, size in
            kernels.max(
                sizes, planes, x.impl.pointer + input * size, y.impl.pointer + output * size, places + output)
        }
    }

    func maxPoolScatter(_ windows: PoolingWindows, _ dy: Tensor, places: Tensor, into dx: Tensor) {
        let places = places.pointer(as: Int32.self)
        eachPlane(windows, dx) { sizes, kernels, planes, input, output, size in
            withScratch(kernels.scratch_bytes(sizes)) { scratch in
                kernels.max_scatter(
                    sizes, planes, places + output, dy.impl.pointer + output * size, dx.impl.pointer + input * size,
                    scratch)
            }
        }
    }

    func maxPoolGather(_ windows: PoolingWindows, _ x: Tensor, places: Tensor, into y: Tensor) {
        let places = places.pointer(as: Int32.self)
        eachPlane(windows, x) { sizes, kernels, planes, input, output, size in
            kernels.max_gather(
                sizes, planes, places + output, x.impl.pointer + input * size, y.impl.pointer + output * size)
        }
    }

    func averagePool(_ windows: PoolingWindows, _ x: Tensor, into y: Tensor) {
        eachPlane(windows, x) { sizes, kernels, planes, input, output, size in
            kernels.average(sizes, planes, x.impl.pointer + input * size, y.impl.pointer + output * size)
        }
    }

    func averagePoolSpread(_ windows: PoolingWindows, _ dy: Tensor, into dx: Tensor) {
        eachPlane(windows, dx) { sizes, kernels, planes, input, output, size in
            withScratch(kernels.scratch_bytes(sizes)) { scratch in
                kernels.average_spread(
                    sizes, planes, dy.impl.pointer + output * size, dx.impl.pointer + input * size, scratch)
            }
        }
    }

    @inline(__always)
    private func withScratch(_ bytes: Int, _ body: (UnsafeMutableRawPointer?) -> Void) {
        if bytes == 0 { return body(nil) }
        Allocator.withScratch(bytes) { body($0) }
    }

    /// Calls `body` for groups of planes of `images`, which are of the input's size, with the offsets of the first in
    /// elements.
    @inline(__always)
    private func eachPlane(
        _ windows: PoolingWindows, _ images: Tensor,
        _ body: (
            UnsafePointer<TernPool2d>, TernPoolKernels, _ planes: Int, _ input: Int, _ output: Int, _ elementSize: Int
        ) -> Void
    ) {
        let (input, output) = (windows.inSize.area, windows.outSize.area)
        let planes = images.count / Swift.max(1, input)
        let sizes = TernPool2d(windows)
        let window = sizes.adaptive ? 1 : Double(sizes.kernel_height) * Double(sizes.kernel_width)
        let visits = Swift.max(1, Double(input), Double(output) * window)
        let group = Swift.max(1, Int(Double(elementwisePiece) / visits))
        let (kernels, size) = (Kernels.of(images.dtype).pool, images.dtype.byteCount)
        let work = Int(Swift.min(1e15, Double(planes) * visits * Cost.pool))
        withUnsafePointer(to: sizes) { sizes in
            parallelFor(pieces: (planes + group - 1) / group, work: work) { piece in
                let first = piece * group
                body(sizes, kernels, Swift.min(group, planes - first), first * input, first * output, size)
            }
        }
    }
}

extension Size2d {
    fileprivate var area: Int { height * width }
}

extension TernPool2d {
    fileprivate init(_ windows: PoolingWindows) {
        self.init()
        in_height = windows.inSize.height
        in_width = windows.inSize.width
        out_height = windows.outSize.height
        out_width = windows.outSize.width
        counts_padding = windows.countsPadding
        divisor = windows.divisor
        guard let (rows, columns) = windows.layout else {
            adaptive = true
            return
        }
        // What lies beyond the padding is nothing, however much there is of it.
        kernel_height = Swift.min(rows.kernel, Swift.max(1, rows.input + rows.before + rows.after))
        kernel_width = Swift.min(columns.kernel, Swift.max(1, columns.input + columns.before + columns.after))
        (stride_height, stride_width) = (rows.stride, columns.stride)
        (dilation_height, dilation_width) = (rows.dilation, columns.dilation)
        (pad_top, pad_bottom, pad_left, pad_right) = (rows.before, rows.after, columns.before, columns.after)
    }
}
