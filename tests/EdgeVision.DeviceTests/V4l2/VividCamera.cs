using EdgeVision.Capture;
using EdgeVision.Capture.V4l2;
using EdgeVision.Capture.V4l2.Controls;
using EdgeVision.Frames;

namespace EdgeVision.DeviceTests.V4l2;

/// <summary>vivid's first camera and what can be done to it from outside.</summary>
internal static class VividCamera
{
    public const string Node = "/dev/video0", Place = "platform:vivid-000", Name = "vivid.0";

    private const string Folder = "/sys/bus/platform/drivers/vivid/";

    public static V4l2Source Open(string uri, FramePool pool, CaptureCounters? counters = null, WantedControls? controls = null)
    {
        Assert.True(CameraUri.TryParse(uri, "/", out var parsed, out var error), error);
        return V4l2Source.Open(parsed.V4l2!, pool, TimeProvider.System, counters, controls);
    }

    public static Frame Read(V4l2Source source)
    {
        Assert.True(source.TryRead(out var frame, TestContext.Current.CancellationToken));
        return frame;
    }

    /// <summary>By another open file, as another program would.</summary>
    public static void Set(string control, string value, string node = Node)
    {
        using var device = V4l2Device.Open(node);
        var outcome = Assert.Single(new CameraControls(device).Apply([KeyValuePair.Create(control, value)], ControlMoment.Any));
        Assert.True(outcome.Status is ControlStatus.Set, outcome.Sentence);
    }

    /// <summary>All of vivid's cameras, which are one device of its driver, torn out; plugged in again at the end, whatever happened.</summary>
    internal sealed class Unplugged : IDisposable
    {
        private bool _isOut;

        public void Unbind()
        {
            File.WriteAllText(Folder + "unbind", Name);
            _isOut = true;
        }

        public void Bind()
        {
            File.WriteAllText(Folder + "bind", Name);
            _isOut = false;
        }

        public void Dispose()
        {
            if (_isOut) Bind();
        }
    }
}
