import Tern

// The parts of the page. Pictures are [C, H, W] in 0...1.

let horizontal: Tensor = [[1, 1, 1], [0, 0, 0], [-1, -1, -1]]
let vertical: Tensor = [[1, 0, -1], [1, 0, -1], [1, 0, -1]]
/// Red, green and blue as bright as they look.
let brightness: Tensor = [[[[0.299]], [[0.587]], [[0.114]]]]

extension Tensor {
    /// The picture that these filters [O, C, Kh, Kw] make of a picture [C, H, W].
    func applied(to picture: Tensor, stride: Size2d = 1, padding: Padding2d = 0) -> Tensor {
        conv2d(picture.unsqueezed(axes: 0), self, stride: stride, padding: padding)[0]
    }

    /// This matrix as a filter from one channel to one.
    var filter: Tensor { reshaped([1, 1, shape[0], shape[1]]) }
}

func edges(_ photo: Tensor) -> [Picture] {
    [
        Picture(photo, caption: "64 x 64", range: 0...1),
        Picture(horizontal, caption: "horizontal filter"),
        Picture(horizontal.filter.applied(to: photo, padding: 1), caption: "horizontal edges", range: -1...1),
        Picture(vertical, caption: "vertical filter"),
        Picture(vertical.filter.applied(to: photo, padding: 1), caption: "vertical edges", range: -1...1),
    ]
}

func channels(_ photo: Tensor) -> [Picture] {
    var pictures = [Picture(photo, caption: "red, green and blue", range: 0...1)]
    for (index, name) in ["red", "green", "blue"].enumerated() {
        pictures.append(Picture(photo[index], caption: name, range: 0...1))
    }
    for (index, name) in ["red", "green", "blue"].enumerated() {
        let channel = photo[index...index]
        let edges = horizontal.filter.applied(to: channel, padding: 1)
        pictures.append(Picture(edges, caption: "edges of \(name)", range: -1...1))
    }
    // One filter over three channels is a sum; several filters give as many channels.
    let overAll = concatenated([horizontal.filter, horizontal.filter, horizontal.filter], axis: 1)
    pictures.append(Picture(overAll.applied(to: photo, padding: 1), caption: "the sum of these edges", range: -3...3))
    pictures.append(Picture(brightness.applied(to: photo), caption: "1 x 1: grey", range: 0...1))
    let swapped: Tensor = [[[[0]], [[0]], [[1]]], [[[0]], [[1]], [[0]]], [[[1]], [[0]], [[0]]]]
    pictures.append(Picture(swapped.applied(to: photo), caption: "1 x 1, three filters: red for blue", range: 0...1))
    return pictures
}

func strides(_ photo: Tensor) -> [Picture] {
    let mean = Tensor.full([1, 1, 9, 9], 1.0 / 81)
    func picture(_ name: String, stride: Size2d, padding: Padding2d) -> Picture {
        let result = mean.applied(to: photo, stride: stride, padding: padding)
        return Picture(result, caption: "\(name): \(result.shape[1]) x \(result.shape[2])", range: 0...1)
    }
    return [
        Picture(photo, caption: "128 x 128", range: 0...1),
        picture("means of 9 x 9", stride: 1, padding: 0),
        picture("padding 4", stride: 1, padding: 4),
        picture("stride 2", stride: 2, padding: 4),
        picture("stride 4", stride: 4, padding: 4),
    ]
}

func pooling(_ photo: Tensor) -> [Picture] {
    func picture(_ name: String, _ result: Tensor) -> Picture {
        Picture(result[0], caption: "\(name): \(result.shape[2]) x \(result.shape[3])", range: 0...1)
    }
    let batch = photo.unsqueezed(axes: 0)
    return [
        Picture(photo, caption: "128 x 128", range: 0...1),
        picture("largest of 4", maxPool2d(batch, 4)),
        picture("mean of 4", avgPool2d(batch, 4)),
        picture("largest of 5, overlapping", maxPool2d(batch, 5, stride: 4, padding: 2)),
        picture("largest of 5 everywhere", maxPool2d(batch, 5, stride: 1, padding: 2)),
    ]
}

/// An edge that moves by one pixel moves what the filter finds, but hardly what is left after pooling.
func shift() -> [Picture] {
    let columns = Tensor.arange(12).converted(to: .float32)
    var pictures: [Picture] = []
    var results: [(found: Tensor, pooled: Tensor)] = []
    for (start, name) in [(5, ""), (6, ", moved")] {
        let image = (columns .>= start).converted(to: .float32) * Tensor.ones([1, 8, 1])
        let edge: Tensor = [[[[-1, 1]]]]
        let found = edge.applied(to: image)  // 1 where a pixel is darker than the one to its right
        let pooled = maxPool2d(found.unsqueezed(axes: 0), Size2d(2, 3), stride: Size2d(2, 3))[0]
        results.append((found, pooled))
        pictures += [
            Picture(image, caption: "an edge\(name)", range: 0...1),
            Picture(found, caption: "what a filter finds\(name)", range: 0...1),
            Picture(pooled, caption: "largest of 2 x 3\(name)", range: 0...1),
        ]
    }
    print("an edge at 5 and at 6: found\n\(results[0].found[0, 0])\n\(results[1].found[0, 0])")
    print("after pooling\n\(results[0].pooled[0, 0])\n\(results[1].pooled[0, 0])")
    print("equal after pooling: \(results[0].pooled == results[1].pooled)")
    return pictures
}

/// A scene with edges of all directions and with colours: a disc, stripes and a slope.
func drawnScene() -> Tensor {
    let places = Tensor.linspace(-1, 1, count: 256)
    let (x, y) = (places.reshaped([1, 256]), places.reshaped([256, 1]))
    let disc = (square(x + 0.3) + square(y + 0.2)) .< 0.2
    let stripes = (sin(x * 25) .> 0).logicalAnd(y .> 0.45)
    let roof = (y .> (abs(x - 0.5) * 1.5 - 0.5)).logicalAnd(y .< 0.3)
    func plane(_ sky: Double, _ sun: Double, _ wall: Double, _ fence: Double) -> Tensor {
        let background = (y + 1) * 0.25 + sky + x * 0
        return which(stripes, fence, which(roof, wall, which(disc, sun, background)))
    }
    return clamp(
        stacked([plane(0.1, 0.95, 0.7, 0.9), plane(0.3, 0.8, 0.2, 0.9), plane(0.5, 0.2, 0.15, 0.85)]), min: 0, max: 1)
}
