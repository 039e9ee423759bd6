using System.Runtime.InteropServices;

namespace EdgeVision.Imaging.Turbo;

/// <summary>
/// The system's libjpeg-turbo through its TurboJPEG C API (turbojpeg.h of version 2; version 3 keeps these functions). Looked up at run time:
/// a machine without the library is as good, only slower. Thread-safe: functions, no state.
/// </summary>
internal sealed unsafe class TurboJpeg
{
    /// <summary>The soname of versions 1.4 to 3; package libturbojpeg0 or libturbojpeg.</summary>
    public const string FileName = "libturbojpeg.so.0";

    // jpegSize is "unsigned long", which is CULong; handles are void*.
    private readonly delegate* unmanaged<nint> _initDecompress;
    private readonly delegate* unmanaged<nint, byte*, CULong, int*, int*, int*, int*, int> _decompressHeader3;
    private readonly delegate* unmanaged<nint, byte*, CULong, byte**, int, int*, int, int, int> _decompressToYuvPlanes;
    private readonly delegate* unmanaged<nint, byte*> _getErrorStr2;
    private readonly delegate* unmanaged<nint, int> _destroy;

    private TurboJpeg(nint initDecompress, nint decompressHeader3, nint decompressToYuvPlanes, nint getErrorStr2, nint destroy)
    {
        _initDecompress = (delegate* unmanaged<nint>)initDecompress;
        _decompressHeader3 = (delegate* unmanaged<nint, byte*, CULong, int*, int*, int*, int*, int>)decompressHeader3;
        _decompressToYuvPlanes = (delegate* unmanaged<nint, byte*, CULong, byte**, int, int*, int, int, int>)decompressToYuvPlanes;
        _getErrorStr2 = (delegate* unmanaged<nint, byte*>)getErrorStr2;
        _destroy = (delegate* unmanaged<nint, int>)destroy;
    }

    /// <summary>Of this machine; null where it is absent, of another architecture, or lacks a function.</summary>
    public static TurboJpeg? Installed { get; } = TryLoad(FileName);

    /// <summary>Stays loaded for good.</summary>
    /// <param name="file">A file name for the loader's search path, or a path.</param>
    public static TurboJpeg? TryLoad(string file)
    {
        if (!NativeLibrary.TryLoad(file, typeof(TurboJpeg).Assembly, searchPath: null, out var library)) return null;
        if (NativeLibrary.TryGetExport(library, "tjInitDecompress", out var initDecompress)
            && NativeLibrary.TryGetExport(library, "tjDecompressHeader3", out var decompressHeader3)
            && NativeLibrary.TryGetExport(library, "tjDecompressToYUVPlanes", out var decompressToYuvPlanes)
            && NativeLibrary.TryGetExport(library, "tjGetErrorStr2", out var getErrorStr2)
            && NativeLibrary.TryGetExport(library, "tjDestroy", out var destroy))
            return new TurboJpeg(initDecompress, decompressHeader3, decompressToYuvPlanes, getErrorStr2, destroy);
        NativeLibrary.Free(library);
        return null;
    }

    /// <summary>A decompressor, for one thread; 0 when memory is short. <see cref="Destroy"/> it.</summary>
    public nint Create() => _initDecompress();

    public void Destroy(nint decompressor) => _ = _destroy(decompressor);

    /// <summary>
    /// What the header says. Stays zero, which no readable picture has, when the header is fatally broken; a header read with a warning counts as read.
    /// </summary>
    public TurboHeader ReadHeader(nint decompressor, byte* jpeg, int length)
    {
        int width = 0, height = 0, subsampling = -1, colours = -1;
        // Its result is not looked at: -1 means failure or a mere warning, and which of them the numbers say more reliably than tjGetErrorCode.
        _ = _decompressHeader3(decompressor, jpeg, new CULong((nuint)length), &width, &height, &subsampling, &colours);
        return new TurboHeader(width, height, (TurboSubsampling)subsampling, (TurboColours)colours);
    }

    /// <summary>
    /// Writes the planes as they are in the picture, scaled down in the inverse DCT. A plane is written with its padded size:
    /// width and height rounded up to whole chroma samples (tjPlaneWidth, tjPlaneHeight), and nothing beyond.
    /// </summary>
    /// <param name="decompressor">From <see cref="Create"/>.</param>
    /// <param name="jpeg">Pinned.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="planes">Three, pinned; one suffices for a grey picture.</param>
    /// <param name="strides">Three.</param>
    /// <param name="width">One that a scaling factor gives: ⌈source × n/8⌉.</param>
    /// <param name="height">By the same factor.</param>
    /// <returns>False on an error and on a warning alike; see <see cref="Complaint"/>.</returns>
    public bool Decompress(nint decompressor, byte* jpeg, int length, byte** planes, int* strides, int width, int height)
    {
        const int LimitScans = 32768; // TJFLAG_LIMITSCANS: a progressive picture of some KB can ask for minutes of work otherwise
        return _decompressToYuvPlanes(decompressor, jpeg, new CULong((nuint)length), planes, width, strides, height, LimitScans) == 0;
    }

    /// <summary>The error, or else the first warning, of the call before, which this thread made. Valid until its next call.</summary>
    public ReadOnlySpan<byte> Complaint(nint decompressor) => MemoryMarshal.CreateReadOnlySpanFromNullTerminated(_getErrorStr2(decompressor));
}
