using System.Diagnostics.CodeAnalysis;
using EdgeVision.Frames;

namespace EdgeVision.Module.Commands;

/// <summary>The pictures as a camera that waits for its reader, so that none is dropped.</summary>
internal sealed class BenchCapture(BenchPictures pictures, int frames) : IFrameSource
{
    private readonly SemaphoreSlim _wanted = new(1);
    private int _given;

    public bool TryRead([NotNullWhen(true)] out Frame? frame, CancellationToken stopping)
    {
        frame = null;
        if (_given == frames) return false;
        _wanted.Wait(stopping);
        frame = pictures.Next(++_given);
        return true;
    }

    /// <summary>The reader is done with the last.</summary>
    public void GoOn() => _wanted.Release();

    public void Dispose() => _wanted.Dispose();
}
