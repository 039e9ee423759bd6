using EdgeVision.Events;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.Tests;

public sealed class CameraLifeTests
{
    private readonly FakeTimeProvider _time = new(Some.Moment);

    [Fact]
    public void A_camera_that_was_never_lost_has_nothing_to_tell()
    {
        var life = new CameraLife("door", _time);

        Assert.Null(life.FrameArrived());
        Assert.False(life.IsLost);
    }

    [Fact]
    public void A_loss_is_told_once_however_often_it_is_retried()
    {
        var life = new CameraLife("door", _time);

        var lost = life.Lost("Unplugged.", TimeSpan.FromSeconds(1));
        Assert.Equal((CameraState.Lost, "Unplugged.", 1, TimeSpan.FromSeconds(1), Severity.Warning), (lost!.State, lost.Reason, lost.Attempt!.Value, lost.RetryIn!.Value, lost.Severity));
        Assert.Null(life.Lost("Unplugged.", TimeSpan.FromSeconds(2)));
        Assert.True(life.IsLost);
    }

    [Fact]
    public void A_new_cause_is_told_again()
    {
        var life = new CameraLife("door", _time);
        life.Lost("Unplugged.", TimeSpan.FromSeconds(1));

        Assert.Equal(("Busy.", 2), (life.Lost("Busy.", TimeSpan.FromSeconds(2)) is { } lost ? (lost.Reason, lost.Attempt!.Value) : default));
    }

    [Fact]
    public void The_first_frame_after_a_loss_tells_how_long_it_took()
    {
        var life = new CameraLife("door", _time);
        life.Lost("Unplugged.", TimeSpan.FromSeconds(1));
        life.Lost("Unplugged.", TimeSpan.FromSeconds(2));
        _time.Advance(TimeSpan.FromSeconds(7));

        var recovered = life.FrameArrived();

        Assert.Equal((CameraState.Recovered, TimeSpan.FromSeconds(7), 2), (recovered!.State, recovered.Down!.Value, recovered.Attempt!.Value));
        Assert.Null(life.FrameArrived());
        Assert.NotNull(life.Lost("Unplugged.", TimeSpan.FromSeconds(1)));
    }
}
