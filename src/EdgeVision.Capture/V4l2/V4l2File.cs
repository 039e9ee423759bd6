using EdgeVision.Capture.Kernel;
using Microsoft.Win32.SafeHandles;

namespace EdgeVision.Capture.V4l2;

/// <summary>The real driver behind a device file.</summary>
internal sealed unsafe class V4l2File(SafeFileHandle device) : IV4l2Driver
{
    public Errno Ioctl(uint request, void* argument) => Libc.Ioctl(device, request, argument);

    public Errno Poll(PollEvents wanted, int timeoutMs, out PollEvents happened) => Libc.Poll(device, wanted, timeoutMs, out happened);

    public Errno Map(nuint length, long offset, out nint address) => Libc.Map(device, length, offset, out address);

    public Errno Unmap(nint address, nuint length) => Libc.Unmap(address, length);

    public void Dispose() => device.Dispose();
}
