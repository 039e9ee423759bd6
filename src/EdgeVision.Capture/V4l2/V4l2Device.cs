using System.Diagnostics.CodeAnalysis;
using EdgeVision.Capture.Kernel;
using EdgeVision.Frames;

namespace EdgeVision.Capture.V4l2;

/// <summary>
/// An open video device: who it is, what it offers, and a door for requests. Opening takes nothing away from others: only streaming does, and
/// the first one to set buffers up owns the stream. Owner disposes.
/// </summary>
public sealed unsafe partial class V4l2Device : IDisposable
{
    private readonly IV4l2Driver _driver;

    private V4l2Device(IV4l2Driver driver, string path, in V4l2Abi.Capability capability)
    {
        _driver = driver;
        Path = path;
        fixed (V4l2Abi.Capability* given = &capability)
        {
            Driver = V4l2Text.Read(new ReadOnlySpan<byte>(given->Driver, 16));
            Name = V4l2Text.Read(new ReadOnlySpan<byte>(given->Card, 32));
            BusInfo = V4l2Text.Read(new ReadOnlySpan<byte>(given->BusInfo, 32));
        }

        var all = (V4l2Capabilities)capability.Capabilities;
        Capabilities = all.HasFlag(V4l2Capabilities.DeviceCaps) ? (V4l2Capabilities)capability.DeviceCaps : all;
    }

    /// <summary>The node that was opened.</summary>
    public string Path { get; }

    /// <summary>Name of the kernel's driver: uvcvideo, unicam, vivid.</summary>
    public string Driver { get; }

    /// <summary>What the maker calls the camera.</summary>
    public string Name { get; }

    /// <summary>Where it is plugged in, the same after a replug into the same place: usb-0000:00:14.0-1, platform:vivid-000.</summary>
    public string BusInfo { get; }

    /// <summary>Of this node, where one camera has several.</summary>
    public V4l2Capabilities Capabilities { get; }

    /// <summary>Gives frames: a camera or what passes for one; not the metadata node of a USB camera, not a codec.</summary>
    public bool CanCapture => (Capabilities & (V4l2Capabilities.VideoCapture | V4l2Capabilities.VideoCaptureMplane)) != 0
        && (Capabilities & (V4l2Capabilities.VideoM2m | V4l2Capabilities.VideoM2mMplane)) == 0;

    public bool CanStream => Capabilities.HasFlag(V4l2Capabilities.Streaming);

    internal bool IsMultiPlanar => !Capabilities.HasFlag(V4l2Capabilities.VideoCapture) && Capabilities.HasFlag(V4l2Capabilities.VideoCaptureMplane);

    /// <summary>V4L2_BUF_TYPE_* of all requests about frames.</summary>
    internal uint BufferType => IsMultiPlanar ? V4l2Abi.TypeCaptureMplane : V4l2Abi.TypeCapture;

    internal IV4l2Driver Raw => _driver;

    /// <exception cref="CaptureException">It cannot be opened, or is no video device; one sentence with the fix.</exception>
    public static V4l2Device Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return TryOpen(path, out var device, out var error) ? device : throw new CaptureException(error);
    }

    /// <param name="path">Of the node.</param>
    /// <param name="device">Owned by the caller.</param>
    /// <param name="error">One sentence with the fix.</param>
    public static bool TryOpen(string path, [NotNullWhen(true)] out V4l2Device? device, [NotNullWhen(false)] out string? error)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        device = null;
        var failure = Libc.Open(path, out var file);
        if (failure != Errno.None)
        {
            file.Dispose();
            error = V4l2Failure.OfOpen(path, failure);
            return false;
        }

        return TryOpen(new V4l2File(file), path, out device, out error);
    }

    /// <summary>Takes ownership of <paramref name="driver"/>, also when it fails.</summary>
    internal static bool TryOpen(IV4l2Driver driver, string path, [NotNullWhen(true)] out V4l2Device? device, [NotNullWhen(false)] out string? error)
    {
        var capability = default(V4l2Abi.Capability);
        var failure = driver.Ioctl(V4l2Abi.QueryCap, &capability);
        device = failure == Errno.None ? new V4l2Device(driver, path, capability) : null;
        error = device is null ? V4l2Failure.OfQuery(path, failure) : null;
        if (device is null) driver.Dispose();
        return device is not null;
    }

    public void Dispose() => _driver.Dispose();

    public override string ToString() => $"{Path} ({Name}, {Driver}, {BusInfo})";

    /// <summary>One request. Throws nothing: what an answer means, knows the caller.</summary>
    internal Errno Ioctl<T>(uint request, ref T argument)
        where T : unmanaged
    {
        fixed (T* pointer = &argument) return _driver.Ioctl(request, pointer);
    }
}
