using System.Diagnostics;
using EdgeVision.IntegrationTests;
using EdgeVision.IntegrationTests.Mqtt;

namespace EdgeVision.DeviceTests;

/// <summary>The bundled clip as an MJPG camera: ffmpeg feeds it, compressed as it is, into a v4l2loopback device.</summary>
internal sealed class LoopbackCamera : IDisposable
{
    /// <summary>Not 10 or 11, of which other tests expect that nobody ever wrote to them: a loopback whose writer was killed says neither output nor camera.</summary>
    public const string Device = "/dev/video12";

    private readonly Process _writer;

    private LoopbackCamera(Process writer) => _writer = writer;

    /// <summary>Returns at once: the device refuses readers until the first frame is in.</summary>
    public static LoopbackCamera Start()
    {
        Mosquitto.Require("ffmpeg", "ffmpeg");
        var writer = Process.Start(new ProcessStartInfo(
            "ffmpeg", ["-nostdin", "-loglevel", "error", "-re", "-stream_loop", "-1", "-f", "mjpeg", "-framerate", "10", "-i", Repository.PathOf("samples", "media", "pedestrians.mjpeg"), "-c", "copy", "-f", "v4l2", Device])
        {
            RedirectStandardInput = true,
        })!;
        return new LoopbackCamera(writer);
    }

    public void Dispose()
    {
        if (!_writer.HasExited) _writer.Kill();
        _writer.WaitForExit();
        _writer.Dispose();
    }
}
