using EdgeVision.Capture.Kernel;
using EdgeVision.Capture.V4l2.Controls;

namespace EdgeVision.IntegrationTests.Capture.V4l2.Controls;

public sealed unsafe class ControlDriverFuzzTests
{
    /// <summary>Whatever a driver answers: no crash, no hang, and what comes out is bounded.</summary>
    [Fact]
    public void A_driver_that_answers_noise_is_survived()
    {
        var noise = new Random(4);
        for (var round = 0; round < 300; round++)
        {
            var asked = 0;
            var camera = new CameraControls(Answer, "/dev/video7");
            Assert.InRange(camera.All.Count, 0, 1024);
            Assert.InRange(asked, 1, 1025 + (1024 * 256));
            foreach (var control in camera.All.Take(20))
            {
                camera.Read(control);
                Assert.DoesNotContain(control.Name, char.IsControl);
                Assert.DoesNotContain(control.Label, char.IsControl);
                camera.Apply([KeyValuePair.Create(control.Name, noise.NextInt64().ToString(System.Globalization.CultureInfo.InvariantCulture)), KeyValuePair.Create("exposure", "auto")], ControlMoment.Any);
            }

            Errno Answer(uint request, void* argument)
            {
                asked++;
                if (noise.Next(50) == 0) return (Errno)noise.Next(1, 120);
                switch (request)
                {
                    case ControlAbi.QueryExtended:
                        var before = ((QueriedControl*)argument)->Id & ~ControlAbi.Next;
                        noise.NextBytes(new Span<byte>(argument, sizeof(QueriedControl)));
                        var answer = (QueriedControl*)argument;
                        // Mostly counting up and of a known type: noise all over would end the list at once.
                        if (noise.Next(40) != 0) answer->Id = before + (uint)noise.Next(1, 9);
                        if (noise.Next(4) != 0) answer->Type = (uint)noise.Next(0, 10);
                        if (noise.Next(4) != 0) (answer->Dimensions, answer->Flags) = (0, (uint)noise.Next(0, 0x800) & ~1u);
                        if (noise.Next(4) != 0) (answer->Minimum, answer->Maximum) = (noise.Next(-5, 5), noise.Next(-5, 300));
                        break;
                    case ControlAbi.QueryMenu:
                        noise.NextBytes(new Span<byte>(((QueriedItem*)argument)->Name, 32));
                        break;
                    default:
                        var value = ((ControlValues*)argument)->First;
                        if (value->Size > 0) noise.NextBytes(new Span<byte>((void*)(nint)value->Value, (int)value->Size));
                        else value->Value = noise.NextInt64();
                        break;
                }

                return Errno.None;
            }
        }
    }

    [Fact]
    public void A_driver_that_does_not_count_up_is_asked_once()
    {
        var asked = 0;
        var camera = new CameraControls(
            (request, argument) =>
            {
                asked++;
                ((QueriedControl*)argument)->Id = 5;
                return Errno.None;
            },
            "/dev/video7");
        Assert.Single(camera.All);
        Assert.Equal(2, asked);
    }
}
