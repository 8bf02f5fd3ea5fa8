//! What the bench says, in Chinese.

use super::super::names::{carrier_zh, platform_zh};
use super::Prompt::{self, *};
use super::phrase::{behind, kilograms, listed};
use crate::domain::hold;
use crate::domain::taught::Unteachable;

impl Prompt {
    pub fn zh(&self) -> String {
        match self {
            BadgeFirst => "请先刷工牌".into(),
            Locked => "久未操作已锁：刷工牌接着做".into(),
            UnknownBadge => "工牌无效：找组长补发".into(),
            Welcome { name } => format!("{name}，上岗"),
            Goodbye { done } => format!("下岗，本班 {done} 单"),
            ScanParcel => "请扫面单或订单".into(),
            ScanItems { left } => format!("请扫商品，还差 {left} 件"),
            ScanAtDock => "请扫面单出库".into(),
            ScanPickList => "请扫拣货单打印面单".into(),
            Unreadable => "没扫清：再扫一次".into(),
            Broken => "条码破损：再扫一次".into(),
            NotHere => "这里不用这个码".into(),
            UnknownCode { code } => format!("不认识这个码：{code}"),
            Several { what } => format!("一码多义，改扫面单：{what}"),
            AskingHub => "正在查询，请稍等".into(),
            Unverified { code, looks } if looks.is_empty() => format!("系统没有这一单，已记录：{code}"),
            Unverified { code, looks } => {
                let looks: Vec<_> = looks.iter().map(|carrier| carrier_zh(*carrier)).collect();
                format!("系统没有这一单，已记录：{code}，像是{}的", looks.join("或"))
            }
            Item { name, left } => format!("{name}，还差 {left} 件"),
            CountThem { name, quantity, left } => format!("{name} 数一下要 {quantity} 件，还差 {left} 件"),
            GiftLeft { name, left } => format!("别忘赠品：{name}，还差 {left} 件"),
            WrongItem { name } => format!("不是这单的：{name}"),
            UnknownItem { code } => format!("商品没有建档：{code}"),
            Surplus { name } => format!("多了，拿出来：{name}"),
            TooMany { name, left } => format!("太多了：{name} 只差 {left} 件"),
            Withdrawn { name } => format!("已退款，拿出来：{name}"),
            Times { times } => format!("下一件 × {times}"),
            Undone { name, left } => format!("已撤销：{name}，还差 {left} 件"),
            NothingToUndo => "没有可撤销的".into(),
            TakeOut { what } => format!("订单改了，拿出来：{what}"),
            MissingForLead { what } => format!("还缺 {what}；放行要组长同意：请组长刷工牌"),
            WhyForce => "为什么放行？扫原因".into(),
            WhyCount { times } => format!("为什么一次算 {times} 件？扫原因"),
            LeadMayTeach => "是商品上的码，可请组长刷工牌来教".into(),
            TeachWhich { code } => format!("{code} 是哪样商品的？扫它的旧码或编号"),
            TeachAgain { code, name } => format!("{code} 是{name}的？是就再扫一次它；不是，扫对的商品"),
            Taught { name } => format!("记住了：{name}，再扫一次才算数"),
            NotTeachable { because } => format!("不能教：{}", because_zh(*because)),
            CancelledAboard { count, tails } => {
                format!("已取消，不要发：还有 {count} 箱装了车，尾号 {tails}，拿下来扫面单")
            }
            Cancelled => "已取消，不要发：放到退回架".into(),
            Held { why } => format!("已挂起：{}", hold::said_zh(why)),
            Changed { what } => format!("订单改了：{what}；看清后扫“确认”"),
            TakeOutFirst { what } => format!("已退款，拿出：{what}；拿出来后扫“确认”"),
            BoxDiffers { out, more } if more.is_empty() => format!("已退款，要拿出 {out}：到打包台扫它的面单"),
            BoxDiffers { out, more } if out.is_empty() => format!("订单改了，还要装 {more}：到打包台扫它的面单"),
            BoxDiffers { out, more } => format!("订单改了，要拿出 {out}，还要装 {more}：到打包台扫它的面单"),
            ParcelFirst => "先扫面单或订单，再扫商品".into(),
            FinishFirst => "先做完手上这一单".into(),
            LabelFirst => "先把手上这一单的面单贴好、扫一下".into(),
            OtherLabel => "这是别的单的面单".into(),
            VoidLabel => "面单已作废：撕掉".into(),
            NumberDisowned => "快递不认这个单号：拦下，交给组长".into(),
            AlreadyPacked => "这单已打包".into(),
            AlreadyShipped => "这单已出库".into(),
            InHandElsewhere { place } => format!("这单正在 {place} 做"),
            ScanGoodsToSort => "请扫商品，放到说的格里".into(),
            ScanPickListToSort => "请扫拣货单开始播种".into(),
            PutInSlot { slot, name } => format!("{slot} 号格：{name}"),
            SlotFull { slot, name } => format!("{slot} 号格：{name}，这格齐了"),
            TakeFromSlot { slot, name } => format!("从 {slot} 号格拿回：{name}"),
            GoodsElsewhere { name, tote } => format!("不放这里：{name}，放到 {tote}"),
            NotOfWave { name } => format!("这一波不要：{name}，放一边"),
            NoSlotFree => "没有空格：先把齐了的格打包".into(),
            WallDone { count } => format!("播种完成，{count} 单都齐了"),
            WallShort { slots, untouched } => {
                format!("播种结束，没齐的格：{}；还没开始 {untouched} 单", listed(slots))
            }
            EmptyTote => "这个箱或格里没有单".into(),
            ScanItsLabel => "这里只扫包裹上的面单".into(),
            OldLabel => "单号换过了：到打包台换面单".into(),
            ScanPickListToPick => "请扫拣货单开始拣货".into(),
            ChooseWay { count, bin, name, quantity } => {
                let bin = behind("到 ", bin.as_deref(), " ");
                format!("共 {count} 单。一单一箱：先扫周转箱；一起拣：{bin}拿 {name} × {quantity}")
            }
            GoToBin { bin, name, quantity, lot, tote } => {
                let (lot, tote) = (behind("（", lot.as_deref(), "）"), behind("，放进 ", tote.as_deref(), ""));
                format!("到 {bin} 拿 {name} × {quantity}{lot}{tote}")
            }
            PickHere { name, quantity, lot, tote } => {
                let (lot, tote) = (behind("（", lot.as_deref(), "）"), behind("，放进 ", tote.as_deref(), ""));
                format!("拿 {name} × {quantity}{lot}{tote}")
            }
            IntoTote { tote, name, left } => format!("放进 {tote}：{name}，还差 {left} 件"),
            NextTote { left } => format!("箱里齐了，还有 {left} 单：扫下一个周转箱"),
            NoToteWanted => "每单都有箱了：去货位拣货".into(),
            ScanItsTote { tote } => format!("只剩有箱的单：扫周转箱 {tote} 接着拣"),
            ListDone => "拣完了：扫拣货单结束".into(),
            NoToteNow => "这张单已经一起拣了：不用箱，去货位拣货".into(),
            ToteTaken { tote } => format!("周转箱 {tote} 里有别的单：换一个空箱"),
            BinFirst { bin } => format!("先到货位扫码：{bin}"),
            WrongBin { bin } => format!("货位不对：应到 {bin}"),
            NotAtStop { name } => format!("这里不拣：{name}，放回去"),
            ListOpen { wave } => format!("先拣完 {wave}；不拣了，再扫一次它的码"),
            OtherLotFirst { name, lot } => format!("先出早的：{name}，应拿 {lot}；已记录"),
            ExpiresTooSoon { name, until, days } => format!("效期不够：{name} 到 {until}，渠道要留 {days} 天，放回去"),
            PickShort { name, quantity } => format!("缺 {quantity} 件：{name}，已记录"),
            NothingToPick => "这张拣货单没有要拣的".into(),
            PickDone { count } => format!("拣货完成，{count} 单都齐了"),
            PickDoneShort { count, short } => format!("拣货结束，{count} 单齐了，{short} 单缺货：缺的放问题架"),
            PickClosed { left } => format!("拣货单关了，还有 {left} 单没拣完：再扫拣货单接着拣"),
            PutBack { bin: Some(bin), what } => format!("已取消，放回 {bin}：{what}；放好扫货位"),
            PutBack { bin: None, what } => format!("已取消，放回原处：{what}；放好扫“确认”"),
            PutBackDone => "已放回".into(),
            LacksGoods { what } => format!("拣货时缺：{what}，放问题架；货到了扫“确认”，不等了扫“放行”"),
            BatchFirst { count } => format!("同款批量 {count} 单：先扫一张面单，整单验一次"),
            BatchNext { done, count } => format!("同款批量 {done}/{count}：扫下一张面单"),
            BatchDone { done } => format!("同款批量结束，{done} 单"),
            NoParcelFor { name } => format!("{name} 没有要做的单：放回去，或先扫面单、订单"),
            NoParcelForHubAway { name } => format!("总部不通，{name} 没有预留的单：先扫面单、订单"),
            Boxes { count } => format!("这一单分 {count} 箱，每箱一张面单"),
            NoBoxOf { carrier } => {
                format!("{}没有子母件，一单一箱：装不下，没扫完就扫“拆单”，扫完了就跳过", carrier_zh(*carrier))
            }
            NoBoxNow => "单号已按现在的箱数取了，不能再加箱：没扫完就扫“拆单”，扫完了就跳过".into(),
            Splitting => "正在拆单，请稍等".into(),
            SplitHubAway => "总部不通，现在拆不了单：接着扫；装不下就跳过，或扫“加箱”".into(),
            SplitRefused => "总部没让拆这一单：接着扫；装不下就跳过，放问题架".into(),
            CountBeforeSplit => "先扫装进这一箱的商品，再扫“拆单”".into(),
            NothingToSplit => "商品都扫完了，没有可拆的：装不下就跳过，放问题架".into(),
            NoSplitSealed => "收件人只有平台能打开，这里拆不了：装不下就跳过，请办公室在平台上拆".into(),
            NoSplitAccount { carrier } => {
                format!("这里没有{}的账号，剩下的取不了号：装不下就跳过，放问题架", carrier_zh(*carrier))
            }
            RestWaits { left } => format!("还有 {left} 件是另一单：再扫订单接着做"),
            NoSkipNow => "手上没有单，不用跳过".into(),
            WhySkip => "为什么跳过？扫原因".into(),
            WhyReprint => "为什么补打？扫原因".into(),
            SetAside => "已转异常：放到问题架".into(),
            GettingNumber => "取号中，请稍等".into(),
            Printing => "正在打印面单".into(),
            PrintingElsewhere { printer } => format!("换打印机：到 {printer} 取面单"),
            StickAndScan { tail } => format!("贴好面单，扫一下：尾号 {tail}"),
            StickOnBox { piece, count, tail } => format!("第 {piece}/{count} 箱：贴好面单，扫一下：尾号 {tail}"),
            StickTemporary => "临时面单，待换单：贴好扫一下".into(),
            StickFrom { printer, tail } => format!("到 {printer} 取面单，贴好扫一下：尾号 {tail}"),
            StickTemporaryFrom { printer } => format!("到 {printer} 取临时面单，待换单：贴好扫一下"),
            LabelUnknown => "面单出来了就扫它，没出来扫“补打”".into(),
            PrinterRefused { printer } => format!("打印机 {printer} 没打：看纸和盖子，好了扫“补打”"),
            ComponentRefused { printer } => format!("打印组件 {printer} 没打：看它和它的打印机开了没有，好了扫“补打”"),
            NoPrinter => "这里没有能打这种面单的打印机：找组长".into(),
            NoComponent { platform } => format!("这单要用{}的打印组件，这里没有：找组长", platform_zh(*platform)),
            NothingToReprint => "没有可补打的面单".into(),
            LabelFailed { why } => format!("面单打不了，扫“跳过”放问题架：{why}"),
            NoRealNumberYet => "还没有正式单号：放到待换单区".into(),
            Packed { carrier } => format!("完成，{}", carrier_zh(*carrier)),
            PackedTemporary => "完成，放到待换单区".into(),
            Relabelled => "换单完成".into(),
            Reprinted => "补打完成".into(),
            PutOnScale => "已打包：放到秤上，稳定后再扫面单".into(),
            Weighed { grams } => format!("已称重 {}", kilograms(*grams)),
            BoxWeighed { grams, left } => format!("这箱 {}，还有 {left} 箱没称", kilograms(*grams)),
            WeightOff { grams, expected_g } => {
                format!("重量不符：秤上 {}，应为 {}，打开看看", kilograms(*grams), kilograms(*expected_g))
            }
            Shipped { count } => format!("已出库，第 {count} 件"),
            BoxesLeft { left } => format!("这一单还有 {left} 箱没扫"),
            BoxTwice { left } => format!("这一箱扫过了，这一单还有 {left} 箱没扫"),
            BoxesMissing { count } => {
                format!("还有 {count} 箱没扫，不能关：找到扫上；找不到扫“撤销”，把这一单的箱子拿下来")
            }
            BoxesOff { count, tail } => format!("尾号 {tail} 那单拿下来 {count} 箱，不跟这车走"),
            ShippedUnverified => "已记录出库，查不到打包记录".into(),
            ScanIntoBag { bag, count } => format!("装袋 {bag}，已装 {count} 件：扫包裹，装完再扫袋码"),
            InBag { count } => format!("已装袋，第 {count} 件"),
            OutOfBag { count } => format!("已拿出，袋里还有 {count} 件"),
            BagClosed { bag, count } => format!("袋 {bag} 装好，共 {count} 件"),
            BagOpen { bag } => format!("袋 {bag} 还开着：先扫它的码关上"),
            BagOpenAt { bag, place } => format!("袋 {bag} 在 {place} 还开着：先到那里扫它关上"),
            BagTwice { bag, stations } => {
                format!(
                    "袋码 {bag} 重复，{} 各装了一只：先别整袋发，一件一件扫面单出库，再换掉一张袋码",
                    stations.join("、")
                )
            }
            BagEmpty { bag } => format!("袋 {bag} 里没有要发的包裹：要装袋先关交接"),
            AlreadyInBag { bag } => format!("已在袋 {bag} 里"),
            BoxesNotBagged => "一单多箱的不装袋：交接时一箱一箱扫".into(),
            BagNotShippable { bag, tail } => format!("袋 {bag} 里有不能发的，尾号 {tail}：拿出来，扫它的面单"),
            BagShipped { bag, count, total } => format!("袋 {bag} {count} 件已出库，共 {total} 件"),
            NotPacked => "还没打包，不能出库".into(),
            NoWaybill { code } => format!("{code} 不是面单：扫包裹上的面单"),
            HandoverFirst => "先开交接：扫“开交接”".into(),
            HandoverOpen { carrier } => format!("{}交接开着：先扫“关交接”", carrier_zh(*carrier)),
            ScanForHandover { carrier, count } => {
                format!("{}交接，已扫 {count} 件：扫包裹，装完扫“关交接”", carrier_zh(*carrier))
            }
            VehicleNoted { plate } => format!("车牌 {plate}"),
            WrongCarrier { carrier, wanted } => {
                format!("这是{}的，不是{}的：拿下来", carrier_zh(*carrier), carrier_zh(*wanted))
            }
            HandoverClosed { carrier, count } => format!("{}交接完成，共 {count} 件", carrier_zh(*carrier)),
            NothingToReopen => "没有可重开的交接".into(),
            LeadWanted => "要组长同意：请组长刷工牌".into(),
            NoLead => "这不是组长的工牌".into(),
            WhyReopen => "为什么重开交接？扫原因".into(),
            SheetPrinting => "正在打印交接单，没出来扫“补打”".into(),
            SheetNotPrinted => "交接单没打全：看打印机，好了扫“补打”".into(),
            NoSheetPrinter => "这里没有能打交接单的打印机：到办公室打".into(),
            RefundsStale { since: Some(since) } => format!("退款只知道到 {since}，先别发：等联网，或扫“放行”"),
            RefundsStale { since: None } => "还不知道谁退款了，先别发：等联网，或扫“放行”".into(),
            TemporaryAtDock => "临时面单不能出库：先换单".into(),
            WaveWaits { missing, count } => {
                format!("{count} 单还差 {missing} 个单号：到齐就打；不等，再扫一次波次码，缺的先打备用号或临时面单")
            }
            WavePrinting { printed, count } => format!("正在打印 {printed}/{count}"),
            WavePrinted { count } => format!("这一波打过了：补一张就扫它再扫“补打”；{count} 张全部重打扫“确认”"),
            WaveDoneBut { count, failed } => {
                format!("{count} 张里有 {failed} 张打不出来：扫订单再扫“补打”看原因")
            }
            WaveDone { count } => format!("打印完成，共 {count} 张"),
            WaveStopped { position } => format!("第 {position} 张起不确定：扫最后一张好的面单，一张都没有就扫“补打”"),
            WaveUnknown => "没有这张拣货单".into(),
            DividerMissing => "这一波的分隔单没打出来：面单照打，自己放一张隔开".into(),
            PositionNamed { position, count } => format!("第 {position}/{count} 张：要补打扫“补打”"),
            NoWave => "这单不在波次里：到打包台补打".into(),
            MaterialNoted { name, quantity } => format!("包材 {name} × {quantity}"),
            MaterialUndone { name } => format!("已撤销：包材 {name}"),
            MaterialOfNone => "没有单可记：包材在打包时、称重前扫".into(),
            WrongWave => "这张面单不是这一波的".into(),
            ScanReturn => "请扫退件：退货单号、运单号或订单号".into(),
            ReturnArrived { return_no } => format!("退件 {return_no} 已收"),
            ReturnWithoutOrder { return_no } => format!("无单退件 {return_no} 已收，已记录"),
            ReturnAgain { code } => format!("没有这一单：{code}；再扫一次按无单收"),
            ReturnedBefore { return_no } => format!("已验过：{return_no}；是另一箱就再扫一次"),
            ReturnFirst => "先扫退件上的单号，没有单号扫“无单号”".into(),
            ReturnOpen { return_no } => format!("先验完手上的退件 {return_no}，验完扫“关”"),
            ScanClaim => "请扫退货原因".into(),
            Claimed { zh, .. } => format!("退货原因：{zh}"),
            UnknownReason => "这不是退货原因：扫退货台指令单上的".into(),
            ClaimFirst => "还没扫退货原因：先扫原因再关".into(),
            ScanReturned { left: 0 } => "请扫退回的商品，验完扫“关”".into(),
            ScanReturned { left } => format!("请扫退回的商品，还差 {left} 件，验完扫“关”"),
            WhatFinding { name, quantity, expires_on } => {
                let expires_on = behind("，效期 ", expires_on.as_deref(), "");
                format!("{name} × {quantity}{expires_on}：请扫结论")
            }
            FindingFirst { name } => format!("先扫 {name} 的结论"),
            ItemFirst => "先扫商品，再扫结论".into(),
            Found { name, quantity, finding } => format!("{name} × {quantity}：{}", finding.zh()),
            WrongGoods { name } => format!("错货，放一边：{name}，已记录"),
            TooManyBack { name, left } => format!("太多了：{name} 只应退 {left} 件，拆开一件件扫"),
            ReturnWithdrawn { return_no } => format!("已撤销收件 {return_no}"),
            FindingUndone { name } => format!("已撤销：{name}"),
            PhotoKept { count } => format!("照片已存，第 {count} 张"),
            PhotosFull => "最多三张照片".into(),
            PhotoOfNone => "手上没有这个退件，照片没存：先扫退件".into(),
            ReturnEmpty => "验退完成：箱里没有商品".into(),
            ReturnDone { count } => format!("验退完成，共 {count} 件，相符"),
            ReturnDiffers { missing, wrong } => format!("验退完成，不符：缺 {missing} 件，错 {wrong} 件，已报办公室"),
            NoReturnToReopen => "没有可重开的退件".into(),
            WhyReopenReturn => "为什么重开退件？扫原因".into(),
            NotSaved => "没有存上：再扫一次".into(),
        }
    }
}

fn because_zh(because: Unteachable) -> &'static str {
    match because {
        Unteachable::NoBarcode => "这不是商品条码",
        Unteachable::Waybill => "像是运单号",
        Unteachable::Order => "这是订单号",
        Unteachable::OtherGoods => "这是别的商品的码",
    }
}
