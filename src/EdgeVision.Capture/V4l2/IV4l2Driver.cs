using EdgeVision.Capture.Kernel;

namespace EdgeVision.Capture.V4l2;

/// <summary>The border to the kernel: an open video device. The other side of it may answer anything, so tests stand in for it.</summary>
internal unsafe interface IV4l2Driver : IDisposable
{
    /// <param name="request">Of <see cref="V4l2Abi"/>.</param>
    /// <param name="argument">The struct of that request.</param>
    Errno Ioctl(uint request, void* argument);

    Errno Poll(PollEvents wanted, int timeoutMs, out PollEvents happened);

    Errno Map(nuint length, long offset, out nint address);

    Errno Unmap(nint address, nuint length);
}
