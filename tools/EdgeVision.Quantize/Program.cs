using System.CommandLine;
using EdgeVision.Models;
using EdgeVision.Quantize;

var model = new Argument<string>("model") { Description = "The float model: a package's folder." };
var output = new Option<string>("--output", "-o") { Description = "The ONNX file to write.", Required = true };
var clips = new Option<string[]>("--calibrate") { Description = "Video clips whose frames show what the model will see, any format that ffmpeg reads.", Required = true, AllowMultipleArgumentsPerToken = true };
var every = new Option<int>("--every") { Description = "Takes every n-th frame of a clip.", DefaultValueFactory = static _ => 20 };
var rule = new Option<RangeRule>("--ranges") { Description = "How an activation's range follows from the values seen.", DefaultValueFactory = static _ => RangeRule.LeastSquares };
var bits = new Option<int>("--weight-bits") { Description = "7 fits every processor; 8 overflows on x86 without VNNI.", DefaultValueFactory = static _ => 7 };
bits.AcceptOnlyFromAmong("7", "8");
var noCorrection = new Option<bool>("--no-bias-correction") { Description = "Leaves the biases as they are." };
var lastToo = new Option<bool>("--last-too") { Description = "Quantizes the last convolutions too." };
var stayFloat = new Option<string[]>("--float") { Description = "Outputs of nodes that stay float.", AllowMultipleArgumentsPerToken = true };
var int8 = new Command("int8", "Makes a static INT8 model (QDQ) from a float one.") { model, output, clips, every, rule, bits, noCorrection, lastToo, stayFloat };
int8.SetAction(parsed => new Recipe
{
    Clips = parsed.GetRequiredValue(clips),
    Every = parsed.GetValue(every),
    Rule = parsed.GetValue(rule),
    WeightBits = parsed.GetValue(bits),
    BiasCorrection = !parsed.GetValue(noCorrection),
    LastToo = parsed.GetValue(lastToo),
    StayFloat = parsed.GetValue(stayFloat) ?? [],
}.Cook(ModelPackage.Load(parsed.GetRequiredValue(model)), parsed.GetRequiredValue(output), Console.Out));

var first = new Argument<string>("first") { Description = "A package's folder." };
var second = new Argument<string>("second") { Description = "Another." };
var threads = new Option<int>("--threads") { Description = "Of each session.", DefaultValueFactory = static _ => 2 };
var blocks = new Option<int>("--blocks") { Description = "How many times each model has its turn.", DefaultValueFactory = static _ => 11 };
var race = new Command("race", "Times two models in interleaved blocks: how many times faster the second is.") { first, second, threads, blocks };
race.SetAction(parsed => ModelRace.Run(
    ModelPackage.Load(parsed.GetRequiredValue(first)), ModelPackage.Load(parsed.GetRequiredValue(second)), parsed.GetValue(threads), parsed.GetValue(blocks), Console.Out));

foreach (var number in new[] { every, threads, blocks })
{
    number.Validators.Add(result =>
    {
        if (result.GetValue(number) < 1) result.AddError($"{number.Name} is {result.GetValue(number)}; at least 1 was expected.");
    });
}

var root = new RootCommand("Makes integer models, and measures what they gain.") { int8, race };
try
{
    return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception e) when (e is QuantizeException or ModelException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
