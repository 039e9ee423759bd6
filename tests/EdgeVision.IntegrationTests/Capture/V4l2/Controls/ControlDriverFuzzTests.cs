using System.Globalization;
using EdgeVision.Capture.Kernel;
using EdgeVision.Capture.V4l2;
using EdgeVision.Capture.V4l2.Controls;

namespace EdgeVision.IntegrationTests.Capture.V4l2.Controls;

public sealed class ControlDriverFuzzTests
{
    /// <summary>Whatever a driver answers: no crash, no hang, and what comes out is bounded.</summary>
    [Fact]
    public void A_driver_that_answers_noise_is_survived()
    {
        var noise = new Random(4);
        for (var round = 0; round < 300; round++)
        {
            var driver = new NoisyDriver(noise);
            var camera = driver.Open();
            Assert.InRange(camera.All.Count, 0, 1024);
            Assert.InRange(driver.Asked, 1, 1026 + (1024 * 256));
            foreach (var control in camera.All.Take(20))
            {
                camera.Read(control);
                Assert.DoesNotContain(control.Name, char.IsControl);
                Assert.DoesNotContain(control.Label, char.IsControl);
                camera.Apply([Webcam.Wish(control.Name, noise.NextInt64().ToString(CultureInfo.InvariantCulture)), Webcam.Wish("exposure", "auto")], ControlMoment.Any);
            }
        }
    }

    [Fact]
    public void A_driver_that_does_not_count_up_is_asked_once()
    {
        var driver = new NoisyDriver(new Random(1)) { AlwaysSays = 5 };
        Assert.Single(driver.Open().All);
        Assert.Equal(3, driver.Asked);      // who it is, the first control, and again the first
    }

    private sealed unsafe class NoisyDriver(Random noise) : IV4l2Driver
    {
        public int Asked { get; private set; }

        /// <summary>The id of every control; null for noise.</summary>
        public uint? AlwaysSays { get; init; }

        public CameraControls Open()
        {
            Assert.True(V4l2Device.TryOpen(this, "/dev/video7", out var device, out var error), error);
            return new CameraControls(device);
        }

        public Errno Ioctl(uint request, void* argument)
        {
            Asked++;
            if (request == V4l2Abi.QueryCap) return Errno.None;
            if (AlwaysSays is { } same)
            {
                ((QueriedControl*)argument)->Id = same;
                return Errno.None;
            }

            if (noise.Next(50) == 0) return (Errno)noise.Next(1, 120);
            if (request == ControlAbi.QueryExtended) Scramble((QueriedControl*)argument);
            else if (request == ControlAbi.QueryMenu) noise.NextBytes(new Span<byte>(((QueriedItem*)argument)->Name, 32));
            else if (((ControlValues*)argument)->First is var value && value->Size > 0) noise.NextBytes(new Span<byte>((void*)(nint)value->Value, (int)value->Size));
            else value->Value = noise.NextInt64();
            return Errno.None;
        }

        public Errno Poll(PollEvents wanted, int timeoutMs, out PollEvents happened) => throw new NotSupportedException();

        public Errno Map(nuint length, long offset, out nint address) => throw new NotSupportedException();

        public Errno Unmap(nint address, nuint length) => throw new NotSupportedException();

        public void Dispose()
        {
        }

        /// <summary>Mostly counting up and of a known type: noise all over would end the list at once.</summary>
        private void Scramble(QueriedControl* answer)
        {
            var before = answer->Id & ~ControlAbi.Next;
            noise.NextBytes(new Span<byte>(answer, sizeof(QueriedControl)));
            if (noise.Next(40) != 0) answer->Id = before + (uint)noise.Next(1, 9);
            if (noise.Next(4) != 0) answer->Type = (uint)noise.Next(0, 10);
            if (noise.Next(4) != 0) (answer->Dimensions, answer->Flags) = (0, (uint)noise.Next(0, 0x800) & ~1u);
            if (noise.Next(4) != 0) (answer->Minimum, answer->Maximum) = (noise.Next(-5, 5), noise.Next(-5, 300));
        }
    }
}
