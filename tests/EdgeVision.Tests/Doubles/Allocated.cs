namespace EdgeVision.Tests.Doubles;

/// <summary>
/// What something costs the garbage collector each time. The least of some rounds: what the runtime does once (a type that is loaded, a method that
/// is compiled again) is not the cost of every frame, and on a busy machine it comes at any moment.
/// </summary>
internal static class Allocated
{
    private const int Rounds = 5;

    /// <summary>Bytes of this thread.</summary>
    public static long By(Action act)
    {
        var least = long.MaxValue;
        for (var i = 0; i < Rounds && least > 0; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            act();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
