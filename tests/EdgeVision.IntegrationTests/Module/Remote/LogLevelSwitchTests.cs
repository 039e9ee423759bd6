using EdgeVision.Module.Display;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.IntegrationTests.Module.Remote;

public sealed class LogLevelSwitchTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void An_override_lasts_its_time_and_the_configuration_s_word_is_kept_for_after()
    {
        using var level = new LogLevelSwitch(LogLevel.Warning, _time);
        level.Override(LogLevel.Trace, TimeSpan.FromMinutes(10));
        level.Configure(LogLevel.Error);
        Assert.Equal((LogLevel.Trace, LogLevel.Error, _time.GetUtcNow().AddMinutes(10)), (level.Current, level.Configured, level.Until));

        _time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal((LogLevel.Error, null), (level.Current, level.Until));
        level.Configure(LogLevel.Debug);
        Assert.True(level.Allows(LogLevel.Debug));
        Assert.False(level.Allows(LogLevel.Trace));
    }

    [Fact]
    public void A_second_override_replaces_the_first_and_its_end()
    {
        using var level = new LogLevelSwitch(LogLevel.Warning, _time);
        level.Override(LogLevel.Trace, TimeSpan.FromMinutes(10));
        level.Override(LogLevel.Debug, null);

        _time.Advance(TimeSpan.FromDays(1));

        Assert.Equal((LogLevel.Debug, null), (level.Current, level.Until));
    }
}
