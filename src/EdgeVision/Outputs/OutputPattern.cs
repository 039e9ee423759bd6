namespace EdgeVision.Outputs;

/// <summary>How a line is switched while something is wanted of it: what level at which time since it began. Immutable.</summary>
public sealed class OutputPattern
{
    private static readonly TimeSpan Forever = Timeout.InfiniteTimeSpan;

    // On, off, on, off …; none is "on throughout".
    private readonly TimeSpan[] _steps;
    private readonly TimeSpan _cycle;

    private OutputPattern(TimeSpan[] steps, bool isOnce = false, bool extends = false)
    {
        foreach (var step in steps) ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(step, TimeSpan.Zero);
        foreach (var step in steps) _cycle += step;
        (_steps, IsOnce, Extends) = (steps, isOnce, extends);
    }

    /// <summary>On as long as it is wanted.</summary>
    public static OutputPattern Level { get; } = new([]);

    /// <summary>On for <paramref name="length"/> each time it becomes wanted, however long it stays so.</summary>
    /// <param name="length">Above zero.</param>
    /// <param name="extends">When it becomes wanted again during the pulse: true begins the length anew, false leaves the pulse as it is.</param>
    public static OutputPattern Pulse(TimeSpan length, bool extends = false) => new([length], isOnce: true, extends);

    /// <summary>On and off in turn as long as it is wanted, beginning with on.</summary>
    public static OutputPattern Blink(TimeSpan on, TimeSpan off) => new([on, off]);

    /// <summary>So many flashes and a pause, over and over.</summary>
    /// <param name="count">From 1.</param>
    /// <param name="flash">Length of each, and of the dark between two.</param>
    /// <param name="pause">Dark after the last.</param>
    public static OutputPattern Flashes(int count, TimeSpan flash, TimeSpan pause)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var steps = new TimeSpan[count * 2];
        Array.Fill(steps, flash);
        steps[^1] = pause;
        return new OutputPattern(steps);
    }

    /// <summary>It ends by itself: a pulse.</summary>
    public bool IsOnce { get; }

    /// <summary>Becoming wanted again during the pulse begins its length anew.</summary>
    public bool Extends { get; }

    /// <summary>One round: of a pulse its length; zero of a level.</summary>
    public TimeSpan Cycle => _cycle;

    /// <summary>The level so long after the beginning.</summary>
    /// <param name="elapsed">From 0.</param>
    /// <param name="next">Until the next change; <see cref="Timeout.InfiniteTimeSpan"/> when there is none.</param>
    public bool At(TimeSpan elapsed, out TimeSpan next)
    {
        next = Forever;
        if (_steps.Length == 0) return true;
        if (IsOnce && elapsed >= _cycle) return false;
        var into = TimeSpan.FromTicks(elapsed.Ticks % _cycle.Ticks);
        for (var i = 0; ; i++)
        {
            if (into < _steps[i])
            {
                next = _steps[i] - into;
                return i % 2 == 0;
            }

            into -= _steps[i];
        }
    }
}
