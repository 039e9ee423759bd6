namespace EdgeVision.Module.Commands;

/// <summary>One check of <c>model verify</c>.</summary>
/// <param name="Name">What was looked at; scripts rely on it.</param>
/// <param name="Result">"pass", "warn", "fail", or "skip" when an earlier failure leaves nothing to look at.</param>
/// <param name="Reason">What was seen; of a failure also what to do.</param>
internal sealed record ModelCheck(string Name, string Result, string Reason)
{
    public static ModelCheck Pass(string name, string reason) => new(name, "pass", reason);

    public static ModelCheck Warn(string name, string reason) => new(name, "warn", reason);

    public static ModelCheck Fail(string name, string reason) => new(name, "fail", reason);

    public static ModelCheck Skip(string name) => new(name, "skip", "not looked at after the failure above.");
}
