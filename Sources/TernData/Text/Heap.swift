/// A binary heap: the smallest element can be taken out in logarithmic time.
struct Heap<Element: Comparable> {
    private var elements: [Element] = []

    var isEmpty: Bool { elements.isEmpty }

    mutating func removeAll() { elements.removeAll(keepingCapacity: true) }

    mutating func insert(_ element: Element) {
        elements.append(element)
        var child = elements.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if !(elements[child] < elements[parent]) { break }
            elements.swapAt(child, parent)
            child = parent
        }
    }

    /// The smallest element, which is taken out: nil if there is none.
    mutating func popMin() -> Element? {
        guard let result = elements.first, let last = elements.popLast() else { return nil }
        if elements.isEmpty { return result }
        elements[0] = last
        var parent = 0
        while true {
            var child = 2 * parent + 1
            if child >= elements.count { break }
            if child + 1 < elements.count, elements[child + 1] < elements[child] { child += 1 }
            if !(elements[child] < elements[parent]) { break }
            elements.swapAt(child, parent)
            parent = child
        }
        return result
    }
}
